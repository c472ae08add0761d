import type { RuleRows } from "../rule-rows.js";

const ORDERS = "CREATE TABLE orders (a int, b int, c int, d int);";

export const rows: RuleRows = {
  rule: "wide-index",
  unproven: "advice",
  unsafe: [
    {
      history: ORDERS,
      sql: "CREATE INDEX CONCURRENTLY wide ON orders (a, b, c, d);",
      says: /makes index wide on orders of 4 columns/,
    },
    { sql: `${ORDERS} CREATE INDEX ON orders (a, lower(b::text), c, d);` },
  ],
  safe: [
    { history: ORDERS, sql: "CREATE INDEX CONCURRENTLY narrow ON orders (a, b, c) INCLUDE (d);" },
    { history: ORDERS, sql: "CREATE UNIQUE INDEX CONCURRENTLY whole ON orders (a, b, c, d);" },
  ],
};
