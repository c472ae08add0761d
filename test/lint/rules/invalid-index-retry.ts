import type { RuleRows } from "../rule-rows.js";

const USERS = "CREATE TABLE users (id int PRIMARY KEY, age int);";

export const rows: RuleRows = {
  rule: "invalid-index-retry",
  unproven: "it takes a build that failed before",
  unsafe: [
    {
      history: USERS,
      sql: "CREATE INDEX CONCURRENTLY IF NOT EXISTS users_age ON users (age);",
      manner: "plain",
      says: /left index users_age INVALID/,
      fix: /DROP INDEX CONCURRENTLY IF EXISTS users_age;\nCREATE INDEX CONCURRENTLY users_age ON users/,
    },
    {
      history: USERS,
      sql: 'create unique index concurrently if not exists "Age" on users (age);',
      manner: "plain",
      fix: /IF EXISTS "Age";\ncreate unique index concurrently "Age"/,
    },
  ],
  safe: [
    { history: USERS, sql: "CREATE INDEX CONCURRENTLY users_age ON users (age);", manner: "plain" },
    {
      history: USERS,
      sql: "DROP INDEX CONCURRENTLY IF EXISTS users_age; CREATE INDEX CONCURRENTLY IF NOT EXISTS users_age ON users (age);",
      manner: "plain",
    },
    { history: USERS, sql: "CREATE INDEX CONCURRENTLY IF NOT EXISTS users_age ON users (age);" },
    { history: USERS, sql: "CREATE INDEX IF NOT EXISTS users_age ON users (age);", manner: "plain" },
  ],
};
