import type { RuleRows } from "../rule-rows.js";

const USERS =
  "CREATE TABLE users (id int PRIMARY KEY, name text, age int); CREATE UNIQUE INDEX by_name ON users (name); CREATE INDEX by_age ON users (age);";

export const rows: RuleRows = {
  rule: "drop-index",
  unsafe: [
    {
      history: USERS,
      sql: "DROP INDEX CONCURRENTLY by_name;",
      says: /drops unique index by_name: ON CONFLICT \(name\) of the release/,
      fix: /@phase contract/,
    },
    {
      history: USERS,
      sql: "DROP INDEX CONCURRENTLY IF EXISTS public.by_age;",
      says: /queries of the release still running that needed it read all of users/,
    },
    { history: USERS, sql: "DROP INDEX CONCURRENTLY by_name;", manner: "plain" },
    { history: USERS, sql: "drop index by_name, by_age", times: 2 },
    { history: USERS, sql: "CREATE INDEX by_two ON users (name); DROP INDEX by_name;" },
  ],
  safe: [
    { history: "CREATE TABLE users (id bigint);", sql: "DROP INDEX CONCURRENTLY IF EXISTS never_there_idx;" },
    { sql: `${USERS} DROP INDEX by_name, by_age;` },
    { history: USERS, sql: "-- @phase contract\n-- @closes 0001\nDROP INDEX CONCURRENTLY by_name;" },
    {
      history: [USERS, "CREATE INDEX CONCURRENTLY by_age_too ON users (age);"],
      sql: "DROP INDEX CONCURRENTLY by_age;",
    },
  ],
};
