import type { RuleRows } from "../rule-rows.js";

const ORDERS = "CREATE TABLE orders (id int PRIMARY KEY, note text); CREATE INDEX by_note ON orders (note);";

export const rows: RuleRows = {
  rule: "set-tablespace",
  unproven: "a test's server has no second tablespace, and a move to the one where the files are copies nothing",
  unsafe: [
    {
      history: ORDERS,
      sql: "ALTER TABLE orders SET TABLESPACE fast;",
      says: /moves orders to the tablespace fast: its files are copied while nobody reads or writes/,
      fix: /pg_repack move it \(--tablespace fast\)/,
    },
    { history: ORDERS, sql: "ALTER INDEX by_note SET TABLESPACE fast;", says: /moves by_note/ },
    { history: ORDERS, sql: "ALTER TABLE public.orders ADD n int, SET TABLESPACE fast;" },
    {
      history: ORDERS,
      sql: "ALTER TABLE ALL IN TABLESPACE pg_default SET TABLESPACE fast;",
      says: /everything in the tablespace pg_default/,
    },
    { history: "CREATE MATERIALIZED VIEW sums AS SELECT 1;", sql: "ALTER MATERIALIZED VIEW sums SET TABLESPACE fast;" },
    { history: ORDERS, sql: "DO $$ BEGIN ALTER TABLE orders SET TABLESPACE fast; END $$;", says: /in the DO block/ },
    { history: ORDERS, sql: "ALTER TABLE orders SET TABLESPACE fast;", manner: "plain" },
    { sql: "ALTER DATABASE shop SET TABLESPACE fast;", manner: "plain", says: /moves the database shop/ },
  ],
  safe: [
    { sql: "ALTER DATABASE shop WITH CONNECTION LIMIT 9;", manner: "plain" },
    { sql: `${ORDERS} ALTER TABLE orders SET TABLESPACE fast; ALTER INDEX by_note SET TABLESPACE fast;` },
    { history: "CREATE TABLE p (k int) PARTITION BY LIST (k);", sql: "ALTER TABLE p SET TABLESPACE fast;" },
    { history: ORDERS, sql: "ALTER TABLE orders SET (fillfactor = 80);" },
  ],
};
