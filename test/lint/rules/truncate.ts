import type { RuleRows } from "../rule-rows.js";

const ORDERS = "CREATE TABLE orders (id int PRIMARY KEY); CREATE TABLE items (id int, order_id int REFERENCES orders);";

export const rows: RuleRows = {
  rule: "truncate",
  unsafe: [
    { history: ORDERS, sql: "TRUNCATE items;", says: /throws all rows of items away/, fix: /@phase contract/ },
    { history: ORDERS, sql: "truncate table only public.items restart identity;" },
    { history: ORDERS, sql: "TRUNCATE orders, items CASCADE;", says: /of every table that refers to it/ },
    { history: ORDERS, sql: "CREATE TABLE boxes (id int); TRUNCATE boxes, items;" },
    {
      history: "CREATE TABLE items (id int, box_id int);",
      sql: "CREATE TABLE boxes (id int PRIMARY KEY); ALTER TABLE items ADD FOREIGN KEY (box_id) REFERENCES boxes; TRUNCATE boxes CASCADE;",
    },
    { history: ORDERS, sql: "DO $$ BEGIN TRUNCATE items; END $$;", says: /in the DO block/ },
    {
      history: `${ORDERS} CREATE FUNCTION wipe() RETURNS void LANGUAGE sql AS 'TRUNCATE items';`,
      sql: "SELECT wipe();",
      says: /function wipe/,
    },
  ],
  safe: [
    { sql: "CREATE TABLE boxes (id int); TRUNCATE boxes;" },
    { sql: "CREATE TEMP TABLE boxes (id int); TRUNCATE boxes RESTART IDENTITY;" },
    { history: ORDERS, sql: "-- @phase contract\n-- @closes 0001\nTRUNCATE items;" },
    { history: ORDERS, sql: "CREATE FUNCTION wipe() RETURNS void LANGUAGE sql AS 'TRUNCATE items';" },
  ],
};
