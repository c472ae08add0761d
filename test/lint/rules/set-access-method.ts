import type { RuleRows } from "../rule-rows.js";

const ORDERS =
  "CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler; CREATE TABLE orders (id int PRIMARY KEY); CREATE TABLE p (k int) PARTITION BY LIST (k);";

export const rows: RuleRows = {
  rule: "set-access-method",
  unsafe: [
    {
      history: ORDERS,
      sql: "ALTER TABLE orders SET ACCESS METHOD heap2;",
      says: /stores orders in the access method heap2: the table is written anew/,
      fix: /with USING heap2, fill it from orders/,
    },
    { history: ORDERS, sql: "ALTER TABLE public.orders ADD n int, SET ACCESS METHOD heap2;" },
    {
      history:
        "CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler; CREATE MATERIALIZED VIEW m AS SELECT 1;",
      sql: "ALTER MATERIALIZED VIEW m SET ACCESS METHOD heap2;",
    },
    {
      history: ORDERS,
      sql: "DO $$ BEGIN ALTER TABLE orders SET ACCESS METHOD heap2; END $$;",
      says: /in the DO block/,
    },
    { history: ORDERS, sql: "ALTER TABLE orders SET ACCESS METHOD heap2;", manner: "plain" },
  ],
  safe: [
    { history: ORDERS, sql: "ALTER TABLE p SET ACCESS METHOD heap2;" },
    { history: ORDERS, sql: "CREATE TABLE o (id int) USING heap2;" },
    { history: ORDERS, sql: "CREATE TABLE o (id int); ALTER TABLE o SET ACCESS METHOD heap2;" },
    { history: ORDERS, sql: "SET default_table_access_method = heap2;" },
  ],
};
