import type { RuleRows } from "../rule-rows.js";

const ORDERS = "CREATE TABLE orders (id int PRIMARY KEY, note text);";

export const rows: RuleRows = {
  rule: "create-index-blocking",
  unsafe: [
    { history: ORDERS, sql: "CREATE TABLE IF NOT EXISTS orders (id int); CREATE INDEX ON orders (id);" },
    {
      history: ORDERS,
      sql: "CREATE INDEX orders_note ON orders (note);",
      says: /builds an index on orders while its writes wait/,
      fix: /CREATE INDEX CONCURRENTLY orders_note ON orders/,
    },
    {
      history: ORDERS,
      sql: "create unique index orders_note on only orders (note)",
      fix: /create unique index CONCURRENTLY orders_note on only orders/,
    },
    {
      history: ORDERS,
      sql: "CREATE INDEX ON orders (lower(note), id);",
      fix: /CREATE INDEX CONCURRENTLY orders_expr_id_idx ON orders \(lower\(note\), id\);/,
    },
    {
      history: `CREATE SCHEMA app; CREATE TABLE app."Orders" (id int, "userId" int);`,
      sql: 'CREATE /* soon */ INDEX\nON app."Orders" USING hash ("userId") WHERE id > 0;',
      says: /app\.Orders/,
      fix: /INDEX CONCURRENTLY "Orders_userId_idx" ON app/,
    },
    {
      history: "CREATE MATERIALIZED VIEW totals AS SELECT 1 AS id;",
      sql: "CREATE INDEX IF NOT EXISTS totals_id ON totals (id);",
      says: /while its REFRESH waits/,
      fix: /INDEX CONCURRENTLY IF NOT EXISTS totals_id/,
    },
    { history: ORDERS, sql: "DO $$ BEGIN CREATE INDEX ON orders (note); END $$;", says: /in the DO block/ },
    { history: ORDERS, sql: "CREATE TABLE IF NOT EXISTS orders (id int, note text); CREATE INDEX ON orders (note);" },
    {
      history: ORDERS,
      sql: "BEGIN; CREATE TABLE copies (id int); ROLLBACK; CREATE INDEX ON orders (note);",
      manner: "plain",
    },
  ],
  safe: [
    { history: ORDERS, sql: "CREATE TABLE IF NOT EXISTS notes (id bigint, body text); CREATE INDEX ON notes (body);" },
    { history: ORDERS, sql: "CREATE INDEX CONCURRENTLY orders_note ON orders (note);" },
    { sql: `${ORDERS} CREATE INDEX ON orders (note);` },
    { sql: "CREATE TABLE copies AS SELECT 1 AS id; CREATE INDEX ON copies (id);" },
    { sql: "CREATE TABLE orders (id int); CREATE INDEX ON orders (id);", manner: "plain" },
    { sql: "CREATE TABLE copies (id int); ALTER TABLE copies RENAME TO papers; CREATE INDEX ON papers (id);" },
    {
      history: ORDERS,
      sql: "CREATE TEMP TABLE pile AS SELECT id FROM orders WHERE id < 5; CREATE INDEX ON pile (id);",
    },
    {
      history: "CREATE SCHEMA holdfast_scratch; CREATE TABLE holdfast_scratch.old AS SELECT 1 AS id;",
      sql: "CREATE INDEX ON holdfast_scratch.old (id);",
    },
  ],
};
