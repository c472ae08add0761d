import type { RuleRows } from "../rule-rows.js";

export const rows: RuleRows = {
  rule: "drop-role",
  unsafe: [
    {
      history: "CREATE ROLE loader;",
      sql: "DROP ROLE loader;",
      says: /drops role loader: who logs in/,
      fix: /ALTER ROLE loader NOLOGIN;/,
    },
    {
      history: 'CREATE ROLE "Old"; CREATE ROLE loader;',
      sql: 'drop user if exists "Old", loader;',
      says: /Old, loader/,
    },
    { history: "CREATE ROLE loader;", sql: "DO $$ BEGIN DROP ROLE loader; END $$;", manner: "plain" },
  ],
  safe: [
    { history: "CREATE ROLE loader;", sql: "ALTER ROLE loader NOLOGIN;" },
    { history: "CREATE ROLE loader;", sql: "-- @phase contract\n-- @closes 0001\nDROP ROLE loader;" },
  ],
};
