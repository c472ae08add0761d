import type { RuleRows } from "../rule-rows.js";

const ORDERS = "CREATE TABLE orders (id int PRIMARY KEY); CREATE TABLE lines (id int PRIMARY KEY);";

export const rows: RuleRows = {
  rule: "cluster-vacuum-full",
  unsafe: [
    {
      history: ORDERS,
      sql: "CLUSTER orders USING orders_pkey;",
      says: /clusters orders: a copy is written while nobody reads or writes/,
      fix: /pg_repack/,
    },
    { history: ORDERS, sql: "VACUUM FULL orders;", says: /vacuums in full orders/ },
    { history: ORDERS, sql: "VACUUM (ANALYZE, FULL true) public.orders, lines;", says: /orders, lines/ },
    { history: ORDERS, sql: "VACUUM FULL;", says: /every table/ },
    { history: `${ORDERS} ALTER TABLE orders CLUSTER ON orders_pkey;`, sql: "CLUSTER orders;" },
    { history: ORDERS, sql: "DO $$ BEGIN CLUSTER orders USING orders_pkey; END $$;", says: /in the DO block/ },
    { history: ORDERS, sql: "VACUUM (FULL) orders;", manner: "plain" },
  ],
  safe: [
    { history: ORDERS, sql: "VACUUM (FULL false, ANALYZE) orders;" },
    { history: ORDERS, sql: "VACUUM orders;" },
    { history: ORDERS, sql: "ALTER TABLE orders CLUSTER ON orders_pkey;" },
    { history: ORDERS, sql: "ANALYZE orders;" },
    { sql: "CREATE TABLE orders (id int PRIMARY KEY); CLUSTER orders USING orders_pkey;" },
  ],
};
