import type { RuleRows } from "../rule-rows.js";

const USERS = "CREATE TABLE users (id int PRIMARY KEY, age int); CREATE INDEX users_age ON users (age);";

export const rows: RuleRows = {
  rule: "drop-index-blocking",
  unproven: "the lock is short; what waits behind it depends on who reads the table at that moment",
  unsafe: [
    {
      history: USERS,
      sql: "DROP INDEX users_age;",
      manner: "plain",
      says: /waits for the longest query of users/,
      fix: /DROP INDEX CONCURRENTLY users_age;/,
    },
    { history: USERS, sql: 'drop index if exists "public"."users_age" cascade;', manner: "plain" },
    { history: USERS, sql: "BEGIN; DROP INDEX users_age; COMMIT;", manner: "plain" },
    {
      sql: "DROP INDEX IF EXISTS app.somewhere;",
      manner: "plain",
      says: /app\.somewhere: .* its table/,
      fix: /app\.somewhere/,
    },
  ],
  safe: [
    { history: USERS, sql: "DROP INDEX CONCURRENTLY users_age;", manner: "plain" },
    { history: USERS, sql: "CREATE INDEX users_id ON users (id); DROP INDEX users_id;", manner: "plain" },
    { sql: `${USERS} DROP INDEX users_age;`, manner: "plain" },
    { history: [USERS, "SELECT 1;"], sql: "-- @phase contract\n-- @closes 0002\nDROP INDEX users_age;" },
  ],
};
