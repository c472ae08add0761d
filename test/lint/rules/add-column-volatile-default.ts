import type { RuleRows } from "../rule-rows.js";

const ORDERS = "CREATE TABLE orders (id int PRIMARY KEY, note text);";

export const rows: RuleRows = {
  rule: "add-column-volatile-default",
  unsafe: [
    {
      history: ORDERS,
      sql: "ALTER TABLE orders ADD COLUMN token uuid DEFAULT gen_random_uuid();",
      says: /adds orders\.token with a default that calls gen_random_uuid\(\)/,
      fix: /ALTER TABLE orders ALTER COLUMN "token" SET DEFAULT/,
    },
    {
      history: ORDERS,
      sql: "ALTER TABLE orders ADD a int, ADD b float8 DEFAULT (1 + random());",
      says: /orders\.b.*random/,
    },
    {
      history: [ORDERS, "CREATE FUNCTION roll() RETURNS int LANGUAGE sql AS 'SELECT 1';"],
      sql: "ALTER TABLE orders ADD dice int DEFAULT roll();",
      says: /roll\(\)/,
    },
  ],
  safe: [
    { history: ORDERS, sql: "ALTER TABLE orders ADD made timestamptz NOT NULL DEFAULT now() - interval '1 day';" },
    {
      history: ORDERS,
      sql: "ALTER TABLE orders ADD made timestamptz DEFAULT CURRENT_TIMESTAMP, ADD t text DEFAULT lower('A'), ADD l int[] DEFAULT '{}';",
    },
    {
      history: [ORDERS, "CREATE FUNCTION one() RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 1';"],
      sql: "ALTER TABLE orders ADD dice int DEFAULT one();",
    },
    { sql: `${ORDERS} ALTER TABLE orders ADD token uuid DEFAULT gen_random_uuid();` },
  ],
};
