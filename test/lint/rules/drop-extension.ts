import type { RuleRows } from "../rule-rows.js";

export const rows: RuleRows = {
  rule: "drop-extension",
  unsafe: [
    {
      history: "CREATE EXTENSION pgcrypto;",
      sql: "DROP EXTENSION pgcrypto;",
      says: /drops extension pgcrypto/,
      fix: /@phase contract/,
    },
    { history: "CREATE EXTENSION pgcrypto;", sql: "drop extension if exists pgcrypto restrict", manner: "plain" },
    { history: "CREATE EXTENSION pgcrypto;", sql: "DO $$ BEGIN DROP EXTENSION pgcrypto; END $$;" },
  ],
  safe: [
    { history: "CREATE EXTENSION pgcrypto;", sql: "-- @phase contract\n-- @closes 0001\nDROP EXTENSION pgcrypto;" },
    { sql: "CREATE EXTENSION IF NOT EXISTS pgcrypto;" },
  ],
};
