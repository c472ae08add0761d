import type { RuleRows } from "../rule-rows.js";

const USERS = "CREATE TABLE users (id int PRIMARY KEY, a int, b int, UNIQUE (a, b));";

export const rows: RuleRows = {
  rule: "fk-without-index",
  unproven: "it costs the deletes of later releases",
  unsafe: [
    {
      history: `${USERS} CREATE TABLE orders (id int PRIMARY KEY, user_id int);`,
      sql: "ALTER TABLE orders ADD CONSTRAINT of_user FOREIGN KEY (user_id) REFERENCES users NOT VALID;",
      says: /on orders \(user_id\) without an index: each DELETE of a row of users reads the whole of orders/,
      fix: /CREATE INDEX CONCURRENTLY ON orders \(user_id\);/,
    },
    {
      history: USERS,
      sql: 'CREATE TABLE orders (id int PRIMARY KEY, "userId" int REFERENCES users (id));',
      fix: /\("userId"\)/,
    },
    {
      history: `${USERS} CREATE TABLE orders (id int PRIMARY KEY);`,
      sql: "ALTER TABLE orders ADD COLUMN user_id int REFERENCES users;",
    },
    {
      history: USERS,
      sql: "CREATE TABLE orders (id int, ua int, ub int, PRIMARY KEY (id, ua), FOREIGN KEY (ua, ub) REFERENCES users (a, b)); CREATE INDEX ON orders (ua);",
    },
  ],
  safe: [
    {
      history: USERS,
      sql: "CREATE TABLE orders (id int PRIMARY KEY, user_id int REFERENCES users); CREATE INDEX ON orders (user_id);",
    },
    { history: USERS, sql: "CREATE TABLE profiles (user_id int PRIMARY KEY REFERENCES users);" },
    {
      history: USERS,
      sql: "CREATE TABLE pairs (b int, a int, c int, UNIQUE (a, b, c), FOREIGN KEY (a, b) REFERENCES users (a, b));",
    },
    {
      history: [
        `${USERS} CREATE TABLE orders (id int PRIMARY KEY, user_id int);`,
        "CREATE INDEX CONCURRENTLY i ON orders (user_id, id);",
      ],
      sql: "ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users NOT VALID;",
    },
  ],
};
