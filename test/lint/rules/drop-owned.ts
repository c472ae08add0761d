import type { RuleRows } from "../rule-rows.js";

export const rows: RuleRows = {
  rule: "drop-owned",
  unsafe: [
    {
      history: "CREATE ROLE reporting; CREATE TABLE reports (id int); ALTER TABLE reports OWNER TO reporting;",
      sql: "DROP OWNED BY reporting CASCADE;",
      says: /drops everything reporting owns/,
      fix: /REASSIGN OWNED BY reporting/,
    },
    { history: 'CREATE ROLE "Old";', sql: 'drop owned by "Old";', fix: /REASSIGN OWNED BY "Old"/ },
  ],
  safe: [
    { history: "CREATE ROLE reporting;", sql: "REASSIGN OWNED BY reporting TO CURRENT_USER;" },
    { history: "CREATE ROLE reporting;", sql: "-- @phase contract\n-- @closes 0001\nDROP OWNED BY reporting;" },
  ],
};
