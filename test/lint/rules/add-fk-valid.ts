import type { RuleRows } from "../rule-rows.js";

const SHOP = "CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE orders (id int PRIMARY KEY, user_id int);";

export const rows: RuleRows = {
  rule: "add-fk-valid",
  unsafe: [
    {
      history: SHOP,
      sql: "ALTER TABLE orders ADD CONSTRAINT by_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE SET NULL;",
      says: /adds the foreign key by_user: every row of orders is looked up while writes of orders and users wait/,
      fix: /ADD CONSTRAINT by_user FOREIGN KEY \(user_id\) REFERENCES users \(id\) ON DELETE SET NULL NOT VALID;\n.*\nALTER TABLE orders VALIDATE CONSTRAINT by_user;/,
    },
    {
      history: SHOP,
      sql: "ALTER TABLE public.orders ADD note text, ADD FOREIGN KEY (user_id) REFERENCES public.users;",
      fix: /ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY \(user_id\) REFERENCES public\.users NOT VALID;/,
    },
    {
      history: SHOP,
      sql: "ALTER TABLE orders ADD seller int, ADD FOREIGN KEY (seller) REFERENCES users;",
      says: /orders_seller_fkey/,
    },
    {
      history: SHOP,
      sql: "CREATE TABLE sellers (id int PRIMARY KEY); ALTER TABLE orders ADD seller int; ALTER TABLE orders ADD FOREIGN KEY (seller) REFERENCES sellers;",
    },
    {
      history:
        "CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE p (id int, k int) PARTITION BY RANGE (k); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (9);",
      sql: "ALTER TABLE p ADD FOREIGN KEY (id) REFERENCES users;",
      fix: /before 18 has no NOT VALID for a partitioned table/,
    },
    {
      history: `${SHOP} ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (user_id) REFERENCES users NOT ENFORCED;`,
      sql: "ALTER TABLE orders ALTER CONSTRAINT f ENFORCED;",
      server: 18,
      says: /enforces the foreign key f/,
    },
    {
      history: SHOP,
      sql: "DO $$ BEGIN ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users; END $$;",
      says: /in the DO block/,
    },
    { history: SHOP, sql: "ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users;", manner: "plain" },
  ],
  safe: [
    { history: SHOP, sql: "ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users NOT VALID;" },
    { history: SHOP, sql: "ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users NOT ENFORCED;", server: 18 },
    {
      history: `${SHOP} ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (user_id) REFERENCES users NOT VALID;`,
      sql: "-- @phase switch\nALTER TABLE orders VALIDATE CONSTRAINT f;",
    },
    { history: SHOP, sql: "CREATE TABLE lines (order_id int REFERENCES orders); " },
    {
      history: SHOP,
      sql: "CREATE TABLE lines (order_id int); ALTER TABLE lines ADD FOREIGN KEY (order_id) REFERENCES orders;",
    },
    { history: SHOP, sql: "ALTER TABLE orders ADD seller int REFERENCES users;" },
  ],
};
