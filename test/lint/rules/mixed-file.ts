import type { RuleRows } from "../rule-rows.js";

const USERS = "CREATE TABLE users (id int PRIMARY KEY, age int); CREATE INDEX users_age ON users (age);";

export const rows: RuleRows = {
  rule: "mixed-file",
  unproven: "only a failure in the middle shows it",
  unsafe: [
    {
      history: USERS,
      sql: "ALTER TABLE users ADD a int; CREATE INDEX CONCURRENTLY users_a ON users (a); CREATE INDEX CONCURRENTLY users_b ON users (id);",
      manner: "plain",
      says: /a failure leaves it half applied/,
      fix: /CREATE INDEX CONCURRENTLY users_a ON users \(a\);/,
    },
    { history: USERS, sql: "VACUUM users; INSERT INTO users VALUES (1);", manner: "plain" },
    {
      history: USERS,
      sql: "BEGIN; ALTER TABLE users ADD a int; COMMIT; DROP INDEX CONCURRENTLY users_age;",
      manner: "plain",
    },
  ],
  safe: [
    { history: USERS, sql: "ALTER TABLE users ADD a int; CREATE INDEX CONCURRENTLY users_a ON users (a);" },
    {
      history: USERS,
      sql: "SET lock_timeout = '2s'; CREATE INDEX CONCURRENTLY users_a ON users (id);",
      manner: "plain",
    },
    {
      history: USERS,
      sql: "DROP INDEX CONCURRENTLY IF EXISTS users_age; CREATE INDEX CONCURRENTLY users_age ON users (age);",
      manner: "plain",
    },
    { history: USERS, sql: "ALTER TABLE users ADD a int; CREATE TABLE notes (id int);", manner: "plain" },
  ],
};
