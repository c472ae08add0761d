import type { RuleRows } from "../rule-rows.js";

export const rows: RuleRows = {
  rule: "char-varchar-timestamp",
  unproven: "advice",
  unsafe: [
    { sql: "CREATE TABLE t (a char(3));", says: /makes a a char\(3\)/, fix: /a text/ },
    { sql: "CREATE TABLE t (a varchar(20), b timestamp, c money, d text);", times: 3 },
    {
      history: "CREATE TABLE t (id int);",
      sql: "ALTER TABLE t ADD COLUMN at timestamp(3) without time zone;",
      fix: /at timestamptz/,
    },
  ],
  safe: [
    { sql: "CREATE TABLE t (a text, b varchar, c timestamptz, d numeric(12, 2), e date);" },
    { history: "CREATE TABLE t (a text);", sql: "ALTER TABLE t ADD COLUMN b timestamp with time zone;" },
  ],
};
