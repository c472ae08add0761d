import type { RuleRows } from "../rule-rows.js";

const ORDERS = "CREATE TABLE orders (id int PRIMARY KEY, note text);";

export const rows: RuleRows = {
  rule: "create-index-blocking",
  unsafe: [
    {
      history: ORDERS,
      sql: "CREATE INDEX orders_note ON orders (note);",
      says: /builds an index on orders while its writes wait/,
      fix: /CREATE INDEX CONCURRENTLY orders_note ON orders/,
    },
    {
      history: ORDERS,
      sql: "create unique index orders_note on only orders (note)",
      fix: /create unique index CONCURRENTLY/,
    },
    { history: ORDERS, sql: "DO $$ BEGIN CREATE INDEX ON orders (note); END $$;", says: /in the DO block/ },
  ],
  safe: [
    { history: ORDERS, sql: "CREATE INDEX CONCURRENTLY orders_note ON orders (note);" },
    { sql: `${ORDERS} CREATE INDEX ON orders (note);` },
    { sql: "CREATE TABLE copies AS SELECT 1 AS id; CREATE INDEX ON copies (id);" },
    { sql: "CREATE TABLE orders (id int); CREATE INDEX ON orders (id);", manner: "plain" },
  ],
};
