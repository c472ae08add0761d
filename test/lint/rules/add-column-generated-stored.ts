import type { RuleRows } from "../rule-rows.js";

const ORDERS =
  "CREATE TABLE orders (id int PRIMARY KEY, price numeric, amount int, total numeric GENERATED ALWAYS AS (price * amount) STORED);";

export const rows: RuleRows = {
  rule: "add-column-generated-stored",
  unsafe: [
    {
      history: ORDERS,
      sql: "ALTER TABLE orders ADD COLUMN gross numeric(12, 2) GENERATED ALWAYS AS (price * (1 + 0.19)) STORED;",
      says: /adds orders\.gross, which is computed and stored for every row/,
      fix: /ADD COLUMN gross numeric\(12, 2\);[^]*NEW\.gross := \(SELECT \(price \* \(1 \+ 0\.19\)\) FROM \(SELECT NEW\.\*\) AS written\)[^]*SET gross = \(price \* \(1 \+ 0\.19\)\) WHERE/,
    },
    {
      history: ORDERS,
      sql: "ALTER TABLE orders ADD COLUMN gross numeric GENERATED ALWAYS AS (price * 2) STORED NOT NULL;",
      server: 18,
      fix: /ADD COLUMN gross numeric GENERATED ALWAYS AS \(price \* 2\) VIRTUAL;/,
    },
    {
      history: ORDERS,
      sql: "ALTER TABLE orders ADD a int, ADD IF NOT EXISTS b int GENERATED ALWAYS AS (amount) STORED;",
    },
    {
      history: ORDERS,
      sql: "ALTER TABLE orders ALTER total SET EXPRESSION AS (price * amount * 2);",
      says: /gives orders\.total another expression/,
    },
    {
      history: ORDERS,
      sql: "DO $$ BEGIN ALTER TABLE orders ADD b int GENERATED ALWAYS AS (amount) STORED; END $$;",
      says: /in the DO block/,
    },
  ],
  safe: [
    { history: ORDERS, sql: "ALTER TABLE orders ADD b int GENERATED ALWAYS AS (amount) VIRTUAL;", server: 18 },
    { history: ORDERS, sql: "ALTER TABLE orders ADD b int GENERATED ALWAYS AS (amount);", server: 18 },
    { history: ORDERS, sql: "ALTER TABLE orders ADD b int;" },
    { sql: `${ORDERS} ALTER TABLE orders ADD b int GENERATED ALWAYS AS (amount) STORED;` },
    {
      history: "CREATE TABLE v (a int, b int GENERATED ALWAYS AS (a) VIRTUAL);",
      sql: "ALTER TABLE v ALTER b SET EXPRESSION AS (a * 2);",
      server: 18,
    },
  ],
};
