import type { RuleRows } from "../rule-rows.js";

const TYPES = "CREATE TYPE mood AS ENUM ('good'); CREATE DOMAIN label AS text;";

export const rows: RuleRows = {
  rule: "drop-type",
  unsafe: [
    {
      history: TYPES,
      sql: "DROP TYPE mood;",
      says: /drops type mood: a release still running that casts to it/,
      fix: /@phase contract/,
    },
    { history: TYPES, sql: "drop domain if exists public.label, label;", says: /domain label, label/ },
    { history: TYPES, sql: "DO $$ BEGIN DROP TYPE mood; END $$;" },
  ],
  safe: [
    { sql: `${TYPES} DROP TYPE mood; DROP DOMAIN label;` },
    { history: TYPES, sql: "-- @phase contract\n-- @closes 0001\nDROP TYPE mood;" },
    { history: TYPES, sql: "COMMENT ON TYPE mood IS 'DROP TYPE mood';" },
  ],
};
