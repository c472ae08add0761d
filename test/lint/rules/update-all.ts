import type { RuleRows } from "../rule-rows.js";

const SHOP =
  "CREATE TABLE users (id int PRIMARY KEY, name text, score int); CREATE TABLE orders (id int PRIMARY KEY, user_id int, total int); INSERT INTO users VALUES (1, 'a', 1); INSERT INTO orders VALUES (1, 1, 1);";

export const rows: RuleRows = {
  rule: "update-all",
  unsafe: [
    {
      history: SHOP,
      sql: "UPDATE users SET score = 0;",
      says: /overwrites score in every row of users: the old values are gone/,
      fix: /@batch table=users key=id\nUPDATE users SET score = 0 WHERE id BETWEEN :from AND :to;/,
    },
    { history: SHOP, sql: "update only users as u set (name, score) = row('x', 1) where true;", says: /name, score/ },
    { history: SHOP, sql: "UPDATE users SET name = 'x' WHERE id = id;" },
    { history: SHOP, sql: "UPDATE users u SET score = o.total FROM orders o;" },
    { history: SHOP, sql: "UPDATE users u SET score = o.total FROM orders o WHERE o.id = 1;" },
    {
      history: SHOP,
      sql: "ALTER TABLE users ADD full_name text; UPDATE users SET full_name = name;",
      says: /fills full_name in every row of users at once/,
    },
    { history: SHOP, sql: "WITH done AS (UPDATE users SET score = 1 RETURNING id) SELECT count(*) FROM done;" },
    { history: SHOP, sql: "DO $$ BEGIN UPDATE users SET score = 0; END $$;" },
    { history: SHOP, sql: "UPDATE users SET score = 0 WHERE score = 1 OR NOT (1 = 2);", manner: "plain" },
  ],
  safe: [
    { history: SHOP, sql: "UPDATE users SET name = 'x' WHERE name IS NULL;" },
    { history: SHOP, sql: "UPDATE users u SET score = o.total FROM orders o WHERE o.user_id = u.id;" },
    { history: SHOP, sql: "UPDATE users SET score = 1 WHERE id = (SELECT max(user_id) FROM orders);" },
    { history: SHOP, sql: "CREATE TABLE people AS SELECT * FROM users; UPDATE people SET score = 0;" },
    { history: SHOP, sql: "INSERT INTO users VALUES (1) ON CONFLICT (id) DO UPDATE SET score = 1;" },
    {
      history: SHOP,
      sql: "-- @phase backfill\n-- @batch table=users key=id\nUPDATE users SET score = 1 WHERE id BETWEEN :from AND :to;",
    },
    { history: SHOP, sql: "-- @phase contract\n-- @closes 0001\nUPDATE users SET score = 0;" },
  ],
};
