import type { RuleRows } from "../rule-rows.js";

const USERS = "CREATE TABLE users (id int PRIMARY KEY, name text); INSERT INTO users VALUES (1, 'a');";

export const rows: RuleRows = {
  rule: "explain-analyze-dml",
  unsafe: [
    {
      history: USERS,
      sql: "EXPLAIN ANALYZE DELETE FROM users WHERE id = 1;",
      says: /deletes rows of users: EXPLAIN ANALYZE runs/,
      fix: /^EXPLAIN DELETE FROM users WHERE id = 1;$/,
    },
    {
      history: USERS,
      sql: "explain (buffers, analyze true) update users set name = 'x' where id = 1;",
      fix: /^EXPLAIN update/,
    },
    {
      history: USERS,
      sql: "EXPLAIN (ANALYZE on) WITH d AS (DELETE FROM users WHERE id = 1 RETURNING 1) SELECT * FROM d;",
      fix: /^EXPLAIN WITH/,
    },
    { history: USERS, sql: "DO $$ BEGIN EXECUTE 'EXPLAIN ANALYZE DELETE FROM users WHERE id = 1'; END $$;" },
    { history: USERS, sql: "EXPLAIN ANALYZE DELETE FROM users WHERE id = 1;", manner: "plain" },
  ],
  safe: [
    { history: USERS, sql: "EXPLAIN DELETE FROM users;" },
    { history: USERS, sql: "EXPLAIN (ANALYZE false) UPDATE users SET name = 'x';" },
    { history: USERS, sql: "EXPLAIN ANALYZE SELECT * FROM users;" },
    { sql: `${USERS} EXPLAIN ANALYZE DELETE FROM users;` },
  ],
};
