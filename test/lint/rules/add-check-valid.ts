import type { RuleRows } from "../rule-rows.js";

const ORDERS = "CREATE TABLE orders (id int PRIMARY KEY, total int);";

export const rows: RuleRows = {
  rule: "add-check-valid",
  unsafe: [
    {
      history: ORDERS,
      sql: "ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0);",
      says: /adds the CHECK positive to orders: every row is read while nobody reads or writes/,
      fix: /ALTER TABLE orders ADD CONSTRAINT positive CHECK \(total > 0\) NOT VALID;\n.*\nALTER TABLE orders VALIDATE CONSTRAINT positive;/,
    },
    {
      history: ORDERS,
      sql: "ALTER TABLE orders ADD CHECK (total > 0 AND id < 9), ADD note text;",
      fix: /ADD CONSTRAINT orders_check CHECK \(total > 0 AND id < 9\) NOT VALID;/,
    },
    {
      history: ORDERS,
      sql: "ALTER TABLE orders ADD COLUMN tax int DEFAULT 0 NOT NULL CHECK (tax >= 0);",
      fix: /ADD COLUMN tax int DEFAULT 0 NOT NULL;\nALTER TABLE orders ADD CONSTRAINT orders_tax_check CHECK \(tax >= 0\) NOT VALID;/,
    },
    { history: ORDERS, sql: "ALTER TABLE orders ADD tax int CHECK (tax >= 0);", says: /orders_tax_check/ },
    {
      history: ORDERS,
      sql: `ALTER TABLE ONLY public.orders ADD CONSTRAINT "Right" CHECK (total IN (1, 2)) NO INHERIT;`,
      fix: /ADD CONSTRAINT "Right" CHECK \(total IN \(1, 2\)\) NO INHERIT NOT VALID;\n.*\n.*VALIDATE CONSTRAINT "Right"/,
    },
    { history: ORDERS, sql: "ALTER TABLE orders ADD CHECK (total > 0), ADD CHECK (id > 0) NOT VALID;" },
    { history: ORDERS, sql: "ALTER TABLE orders ADD CHECK (total > 0), ADD CHECK (id > 0);", times: 2 },
    { history: ORDERS, sql: "DO $$ BEGIN ALTER TABLE orders ADD CHECK (total > 0); END $$;", says: /in the DO block/ },
    { history: ORDERS, sql: "BEGIN; ALTER TABLE orders ADD CHECK (total > 0); COMMIT;", manner: "plain" },
    {
      history: ORDERS,
      sql: "CREATE TABLE IF NOT EXISTS orders (total int); ALTER TABLE orders ADD CHECK (total > 0);",
    },
    {
      history: "CREATE TABLE parts (k int, n int); ALTER TABLE parts ADD CHECK (k > 0 AND k < 9 AND k IS NOT NULL);",
      sql: "CREATE TABLE whole (k int, n int) PARTITION BY RANGE (k); ALTER TABLE whole ATTACH PARTITION parts FOR VALUES FROM (1) TO (9); ALTER TABLE whole ADD CHECK (n > 0);",
    },
  ],
  safe: [
    { history: ORDERS, sql: "ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0) NOT VALID;" },
    { history: ORDERS, sql: "ALTER TABLE orders ADD CHECK (total > 0) NOT ENFORCED;", server: 18 },
    { history: ORDERS, sql: "ALTER TABLE orders ADD tax int CHECK (tax >= 0) NOT ENFORCED;", server: 18 },
    {
      history: `${ORDERS} ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0) NOT VALID;`,
      sql: "-- @phase switch\nALTER TABLE orders VALIDATE CONSTRAINT positive;",
    },
    { sql: `${ORDERS} ALTER TABLE orders ADD CHECK (total > 0);` },
    { sql: "CREATE TABLE copies AS SELECT 1 AS n; ALTER TABLE copies ADD CHECK (n > 0);", manner: "plain" },
    { sql: "CREATE TABLE orders (total int CHECK (total > 0), CHECK (total < 9));" },
    {
      history: `${ORDERS} ALTER TABLE orders ADD tax int;`,
      sql: "ALTER TABLE orders ADD IF NOT EXISTS tax int CHECK (tax > 0);",
    },
  ],
};
