import type { RuleRows } from "../rule-rows.js";

export const rows: RuleRows = {
  rule: "drop-database",
  unproven: "each row has a database of its own, and no second one to drop",
  unsafe: [
    { sql: "DROP DATABASE archive;", says: /drops database archive/, manner: "plain" },
    { sql: 'drop database if exists "Old Shop" with (force);', says: /Old Shop/, manner: "plain" },
  ],
  safe: [{ sql: "SELECT 'DROP DATABASE archive';" }, { sql: "COMMENT ON TYPE int4 IS 'DROP DATABASE archive';" }],
};
