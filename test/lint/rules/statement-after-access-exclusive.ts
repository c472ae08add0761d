import type { RuleRows } from "../rule-rows.js";

const SHOP = `CREATE TABLE users (id int PRIMARY KEY, name text, age int);
CREATE TABLE orders (id int PRIMARY KEY, user_id int REFERENCES users, status text);`;

export const rows: RuleRows = {
  rule: "statement-after-access-exclusive",
  unsafe: [
    {
      history: SHOP,
      sql: "ALTER TABLE users ADD COLUMN email text; UPDATE orders SET status = 'x' WHERE status = 'y';",
      says: /updates orders in a transaction that keeps what came before it locked: reads and writes of users wait/,
      fix: /of its own:\nUPDATE orders/,
    },
    {
      history: SHOP,
      sql: "ALTER TABLE users ADD COLUMN email text; CREATE INDEX ON orders (status);",
      says: /builds an index on orders/,
    },
    {
      history: SHOP,
      sql: "ALTER TABLE users ADD COLUMN email text; CREATE INDEX ON users (email);",
      says: /reads and writes of users/,
    },
    {
      history: SHOP,
      sql: "ALTER TABLE users ADD COLUMN email text; SELECT count(*) FROM orders;",
      says: /reads orders/,
    },
    { history: SHOP, sql: "ALTER TABLE users ADD COLUMN email text; SELECT pg_sleep(1);", says: /sleeps/ },
    { history: SHOP, sql: "ALTER TABLE users ADD COLUMN email text; SELECT max(age) FROM users;", says: /reads users/ },
    {
      history: SHOP,
      sql: "CREATE TABLE profiles (user_id int REFERENCES users); INSERT INTO profiles SELECT id FROM users;",
      says: /reads users .*: writes of users wait/,
    },
    {
      history: SHOP,
      sql: "ALTER TABLE users ALTER age SET DEFAULT 1; CREATE TABLE copies AS SELECT * FROM public.orders;",
    },
    {
      history: SHOP,
      sql: "CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger(); WITH x AS (UPDATE orders SET status = 'x' WHERE status IS NULL RETURNING id) SELECT count(*) FROM x;",
      says: /updates orders/,
    },
    {
      history: `${SHOP} ALTER TABLE orders ADD CONSTRAINT c CHECK (id > 0) NOT VALID;`,
      sql: "-- @phase switch\nALTER TABLE users ADD COLUMN email text; ALTER TABLE orders VALIDATE CONSTRAINT c;",
      says: /validates orders\.c/,
    },
    {
      history: SHOP,
      sql: "DO $$ BEGIN ALTER TABLE users ADD COLUMN email text; UPDATE orders SET status = 'x' WHERE status = 'y'; END $$;",
      says: /, in the DO block/,
    },
    {
      history: SHOP,
      sql: "BEGIN; ALTER TABLE users ADD COLUMN email text; DELETE FROM orders WHERE status = 'y'; COMMIT;",
      manner: "plain",
    },
    {
      history: SHOP,
      sql: "ALTER TABLE users ADD COLUMN email text; SELECT count(*) FROM orders;",
      manner: "plain",
      isOneTransaction: true,
    },
  ],
  safe: [
    {
      history: SHOP,
      sql: "CREATE SEQUENCE orders_no; ALTER TABLE orders ALTER id SET DEFAULT nextval('orders_no'); SELECT setval('orders_no', coalesce((SELECT max(id) FROM orders), 1));",
    },
    { history: SHOP, sql: "ALTER TABLE users ADD COLUMN email text; UPDATE orders SET status = 'x' WHERE id = 5;" },
    { history: SHOP, sql: "ALTER TABLE users ADD COLUMN email text; INSERT INTO orders VALUES (1, NULL, 'x');" },
    { history: SHOP, sql: "ALTER TABLE users ADD COLUMN email text; SELECT status FROM orders WHERE id IN (1, 2);" },
    { history: SHOP, sql: "ALTER TABLE users ADD COLUMN email text; ALTER TABLE users ALTER email SET DEFAULT 'x';" },
    {
      history: SHOP,
      sql: "ALTER TABLE users ADD COLUMN email text; SELECT 1 FROM pg_class; SELECT count(*) FROM information_schema.tables;",
    },
    {
      history: SHOP,
      sql: "ALTER TABLE users ADD COLUMN email text; CREATE TABLE notes (id int); INSERT INTO notes SELECT 1; CREATE INDEX ON notes (id);",
    },
    {
      history: SHOP,
      sql: "UPDATE orders SET status = 'x' WHERE status = 'y'; ALTER TABLE users ADD COLUMN email text;",
    },
    {
      history: SHOP,
      sql: "ALTER TABLE users ADD COLUMN email text; CREATE VIEW open AS SELECT * FROM orders; EXPLAIN SELECT count(*) FROM orders;",
    },
    { history: SHOP, sql: "ALTER TABLE users ADD COLUMN email text; SELECT count(*) FROM orders;", manner: "plain" },
    {
      history: SHOP,
      sql: "BEGIN; ALTER TABLE users ADD COLUMN email text; COMMIT; SELECT count(*) FROM orders;",
      manner: "plain",
    },
    {
      history: SHOP,
      sql: "BEGIN; SAVEPOINT s; ALTER TABLE users ADD COLUMN email text; ROLLBACK TO s; SELECT count(*) FROM orders; COMMIT;",
      manner: "plain",
    },
    { history: SHOP, sql: "CREATE INDEX CONCURRENTLY orders_status ON orders (status); SELECT count(*) FROM orders;" },
  ],
};
