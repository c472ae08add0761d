import type { RuleRows } from "../rule-rows.js";

const ORDERS = "CREATE TABLE orders (id int PRIMARY KEY, note text);";

export const rows: RuleRows = {
  rule: "add-column-serial",
  unsafe: [
    {
      history: ORDERS,
      sql: "ALTER TABLE orders ADD COLUMN number serial;",
      says: /adds orders\.number as serial: every row gets a number, so the table is written anew/,
      fix: /ADD COLUMN number integer;\nCREATE SEQUENCE orders_number_seq AS integer OWNED BY orders\.number;[^]*SET number = nextval\('orders_number_seq'\)/,
    },
    { history: ORDERS, sql: "ALTER TABLE orders ADD note2 text, ADD n bigserial UNIQUE;", fix: /ADD COLUMN n bigint;/ },
    { history: ORDERS, sql: "alter table only public.orders add if not exists n serial8 not null;", says: /bigserial/ },
    {
      history: `CREATE SCHEMA app; CREATE TABLE app."Orders" (id int);`,
      sql: 'ALTER TABLE app."Orders" ADD "No" smallserial;',
      fix: /CREATE SEQUENCE app\."Orders_No_seq" AS smallint OWNED BY app\."Orders"\."No"/,
    },
    { history: ORDERS, sql: "DO $$ BEGIN ALTER TABLE orders ADD n serial; END $$;", says: /in the DO block/ },
    { history: ORDERS, sql: "ALTER TABLE orders ADD n serial;", manner: "plain" },
  ],
  safe: [
    { sql: `${ORDERS} ALTER TABLE orders ADD n serial;` },
    { sql: "CREATE TABLE orders (id bigserial PRIMARY KEY);" },
    {
      history: ORDERS,
      sql: "ALTER TABLE orders ADD n bigint; CREATE SEQUENCE n_seq OWNED BY orders.n; ALTER TABLE orders ALTER n SET DEFAULT nextval('n_seq');",
    },
    {
      history: `${ORDERS} CREATE TABLE numbers (n serial);`,
      sql: "ALTER TABLE numbers ADD COLUMN IF NOT EXISTS n serial;",
    },
    { history: ORDERS, sql: "ALTER TABLE orders ADD serial text;" },
  ],
};
