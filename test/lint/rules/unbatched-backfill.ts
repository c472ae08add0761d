import type { RuleRows } from "../rule-rows.js";

const SHOP = `CREATE TABLE users (id int PRIMARY KEY, email text UNIQUE, age int, name text);
CREATE TABLE orders (no bigint PRIMARY KEY, user_id int REFERENCES users, status text, at timestamptz);
CREATE TABLE roles (user_id int, role text, PRIMARY KEY (user_id, role));`;

export const rows: RuleRows = {
  rule: "unbatched-backfill",
  unsafe: [
    {
      history: "CREATE TABLE papers (id bigint PRIMARY KEY, owner int);",
      sql: "PREPARE gone AS DELETE FROM papers WHERE owner >= $1; EXECUTE gone (0);",
    },
    {
      history: SHOP,
      sql: "UPDATE users SET name = email WHERE name IS NULL;",
      says: /updates users in one go: every row it meets stays locked/,
      fix: /-- @phase backfill\n-- @batch table=users key=id\nUPDATE users SET name = email WHERE name IS NULL\n {2}AND id BETWEEN :from AND :to;/,
    },
    { history: SHOP, sql: "UPDATE orders SET status = 'new' WHERE status = 'fresh';", fix: /key=no/ },
    { history: SHOP, sql: "update public.orders o set status = u.name from users u where u.id = o.user_id;" },
    { history: SHOP, sql: "UPDATE orders SET status = 'x' WHERE no > 5;" },
    { history: SHOP, sql: "UPDATE orders SET status = 'x' WHERE no = 5 OR status IS NULL;" },
    { history: SHOP, sql: "UPDATE orders SET status = 'x' FROM users u WHERE u.id = 5 AND status <> u.name;" },
    { history: SHOP, sql: "UPDATE roles SET role = 'b' WHERE role = 'a';" },
    {
      history: SHOP,
      sql: "DELETE FROM orders WHERE at < now() - interval '1 year';",
      manner: "plain",
      says: /deletes rows of orders/,
      fix: /BETWEEN 1 AND 1000;/,
    },
    { history: SHOP, sql: "WITH x AS (UPDATE users SET age = 1 WHERE age = 0 RETURNING id) SELECT count(*) FROM x;" },
    { history: SHOP, sql: "DO $$ BEGIN UPDATE users SET age = 1 WHERE age < 0; END $$;", says: /, in the DO block/ },
    {
      history: SHOP,
      sql: "MERGE INTO users u USING orders o ON o.user_id = u.id WHEN MATCHED THEN UPDATE SET age = 1;",
      says: /merges into users/,
    },
    {
      history: [SHOP, "SELECT 1;"],
      sql: "-- @phase contract\n-- @closes 0002\nDELETE FROM orders WHERE status = 'old';",
    },
    { history: SHOP, sql: "EXPLAIN ANALYZE UPDATE users SET age = 1 WHERE age < 0;" },
    {
      history: "CREATE TABLE logs AS SELECT 1 AS id, 'x' AS what;",
      sql: "UPDATE logs SET what = 'y' WHERE what = 'x';",
    },
    { history: SHOP, sql: "UPDATE users SET name = 'x' WHERE age IN (SELECT 1 LIMIT 5);" },
    {
      history: SHOP,
      sql: "DO $$ BEGIN LOOP UPDATE users SET name = 'x' WHERE name IS NULL; EXIT WHEN NOT FOUND; COMMIT; END LOOP; END $$;",
      manner: "plain",
    },
    {
      history: SHOP,
      sql: "UPDATE orders o SET status = 'x' FROM users u WHERE o.status = u.name AND o.no > u.id AND o.no < u.age;",
    },
    {
      history: SHOP,
      sql: "MERGE INTO users u USING (VALUES ('a')) AS v (n) ON u.name = v.n WHEN MATCHED THEN UPDATE SET age = 1;",
    },
  ],
  safe: [
    {
      history: SHOP,
      sql: "DO $$ DECLARE n int := 0; BEGIN WHILE n < 200 LOOP UPDATE users SET age = 1 WHERE id > n AND id <= n + 50; COMMIT; n := n + 50; END LOOP; END $$;",
      manner: "plain",
    },
    {
      history: SHOP,
      sql: "DO $$ DECLARE r record; BEGIN FOR r IN SELECT id FROM users LOOP UPDATE users SET age = 1 WHERE id = r.id; COMMIT; END LOOP; END $$;",
      manner: "plain",
    },
    {
      history: SHOP,
      sql: "DO $$ DECLARE size int := 100; BEGIN LOOP WITH batch AS (SELECT id FROM users WHERE age IS NULL LIMIT size) UPDATE users u SET age = 1 FROM batch WHERE u.id = batch.id; EXIT WHEN NOT FOUND; COMMIT; END LOOP; END $$;",
      manner: "plain",
    },
    {
      history: SHOP,
      sql: "UPDATE users SET age = 1 WHERE ctid = ANY (ARRAY(SELECT ctid FROM users WHERE age IS NULL LIMIT 100));",
    },
    { history: SHOP, sql: "UPDATE users SET age = 1 WHERE id > 100 AND id <= 200;" },
    { history: SHOP, sql: "UPDATE users SET name = 'x' WHERE id = 5;" },
    { history: SHOP, sql: "UPDATE users SET name = 'x' WHERE email = 'a@b' AND age > 5;" },
    { history: SHOP, sql: "UPDATE users u SET name = 'x' WHERE u.id IN (1, 2, 3);" },
    { history: SHOP, sql: "UPDATE users SET name = 'x' WHERE id = ANY (ARRAY[1, 2]) OR false;" },
    { history: SHOP, sql: "DELETE FROM roles WHERE user_id = 1 AND role = 'a';", manner: "plain" },
    {
      history: SHOP,
      sql: "UPDATE orders SET status = 'x' WHERE user_id = (SELECT id FROM users WHERE email = 'a@b');",
    },
    { history: SHOP, sql: "UPDATE orders SET status = 'x' WHERE no BETWEEN 1 AND 1000;" },
    { history: SHOP, sql: "UPDATE users SET age = 1 WHERE id IN (SELECT id FROM users WHERE age IS NULL LIMIT 500);" },
    {
      history: SHOP,
      sql: "UPDATE users u SET name = v.n FROM (VALUES (1, 'a'), (2, 'b')) AS v (id, n) WHERE u.id = v.id;",
    },
    {
      history: SHOP,
      sql: "-- @phase backfill\n-- @batch table=users key=id\nUPDATE users SET age = 1 WHERE age IS NULL AND id BETWEEN :from AND :to;",
    },
    { history: SHOP, sql: "CREATE TABLE copies AS SELECT * FROM users; UPDATE copies SET age = 1 WHERE age IS NULL;" },
    {
      history: SHOP,
      sql: "INSERT INTO users (id, email) VALUES (1, 'a') ON CONFLICT (email) DO UPDATE SET name = excluded.name;",
    },
    { history: SHOP, sql: "UPDATE users SET age = 1 WHERE false;" },
    { history: SHOP, sql: "EXPLAIN UPDATE users SET age = 1 WHERE age < 0;" },
    {
      history: SHOP,
      sql: "MERGE INTO users u USING (VALUES (1, 'a')) AS v (id, n) ON u.id = v.id WHEN MATCHED THEN UPDATE SET name = v.n;",
    },
  ],
};
