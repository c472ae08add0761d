import type { RuleRows } from "../rule-rows.js";

const ORDERS = "CREATE TABLE orders (id int PRIMARY KEY, note text, code text NOT NULL);";

export const rows: RuleRows = {
  rule: "set-not-null",
  unsafe: [
    {
      history: ORDERS,
      sql: "ALTER TABLE orders ALTER note SET NOT NULL;",
      says: /orders\.note NOT NULL: every row is read while nobody reads or writes/,
      fix: /CHECK \("note" IS NOT NULL\) NOT VALID;\n.*\nALTER TABLE orders VALIDATE/,
    },
    {
      history: `${ORDERS} ALTER TABLE orders ADD CONSTRAINT has_note CHECK (note IS NOT NULL) NOT VALID;`,
      sql: "ALTER TABLE public.orders ALTER COLUMN note SET NOT NULL;",
    },
    {
      history: `${ORDERS} ALTER TABLE orders ADD CHECK (note IS NOT NULL OR id > 0);`,
      sql: "ALTER TABLE orders ALTER note SET NOT NULL;",
    },
    { sql: 'ALTER TABLE app."Orders" ALTER note SET NOT NULL;', fix: /ALTER TABLE app\."Orders" ADD/ },
  ],
  safe: [
    {
      history: [
        ORDERS,
        "ALTER TABLE orders ADD CONSTRAINT has_note CHECK (id > 0 AND note IS NOT NULL) NOT VALID;",
        "-- @phase switch\nALTER TABLE orders VALIDATE CONSTRAINT has_note;",
      ],
      sql: "-- @phase switch\nALTER TABLE orders ALTER note SET NOT NULL;",
    },
    {
      history: `${ORDERS} ALTER TABLE orders ADD CHECK (note IS NOT NULL);`,
      sql: "ALTER TABLE orders ALTER note SET NOT NULL;",
    },
    { history: ORDERS, sql: "ALTER TABLE orders ALTER code SET NOT NULL;" },
    { sql: "CREATE TABLE orders (note text); ALTER TABLE orders ALTER note SET NOT NULL;" },
  ],
};
