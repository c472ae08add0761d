import type { RuleRows } from "../rule-rows.js";

const USERS = "CREATE TABLE users (id int PRIMARY KEY, age int, name text); CREATE INDEX users_age ON users (age);";

export const rows: RuleRows = {
  rule: "replace-index-order",
  unproven: "queries without their index are slow, not wrong",
  unsafe: [
    {
      history: USERS,
      sql: "DROP INDEX CONCURRENTLY users_age; CREATE INDEX CONCURRENTLY users_age ON users (age, name);",
      says: /drops index users_age before the one that takes its place/,
      fix: /DROP INDEX CONCURRENTLY users_age;/,
    },
    {
      history: USERS,
      sql: "DROP INDEX IF EXISTS users_age; SELECT 1; CREATE INDEX CONCURRENTLY users_age_2 ON public.users (age) WHERE age > 0;",
      manner: "plain",
    },
    { history: USERS, sql: "DROP INDEX users_age; CREATE INDEX users_age ON users (age DESC);", manner: "plain" },
  ],
  safe: [
    {
      history: USERS,
      sql: "CREATE INDEX CONCURRENTLY users_age_2 ON users (age, name); DROP INDEX CONCURRENTLY users_age;",
    },
    {
      history: USERS,
      sql: "BEGIN; DROP INDEX users_age; CREATE INDEX users_age ON users (age, name); COMMIT;",
      manner: "plain",
    },
    {
      history: USERS,
      sql: "DROP INDEX CONCURRENTLY IF EXISTS users_name; CREATE INDEX CONCURRENTLY users_name ON users (name);",
    },
    { history: USERS, sql: "DROP INDEX CONCURRENTLY users_age; CREATE INDEX CONCURRENTLY users_name ON users (name);" },
  ],
};
