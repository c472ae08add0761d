import type { RuleRows } from "../rule-rows.js";

const USERS = "CREATE TABLE users (id int PRIMARY KEY, name text); INSERT INTO users VALUES (1, 'a');";

export const rows: RuleRows = {
  rule: "re-import",
  unsafe: [
    {
      history: USERS,
      sql: "DROP TABLE IF EXISTS users; CREATE TABLE users (id int, name text); INSERT INTO users VALUES (1, 'a');",
      says: /drops table users, and the file makes it anew, empty/,
      fix: /ALTER TABLE users/,
    },
    {
      history: USERS,
      sql: "DROP TABLE public.users CASCADE; SELECT 1; CREATE TABLE users AS SELECT 1 AS id;",
      manner: "plain",
    },
    {
      history: USERS,
      sql: "CREATE TABLE users (id int);",
      says: /makes table users, which an earlier file made: it fails/,
    },
    { history: [USERS, "SELECT 1;"], sql: "BEGIN; CREATE TABLE public.users (id int); COMMIT;", manner: "plain" },
  ],
  safe: [
    { history: USERS, sql: "CREATE TABLE IF NOT EXISTS users (id int);" },
    { sql: "CREATE TABLE pile (id int); DROP TABLE pile; CREATE TABLE pile (id bigint);" },
    { history: USERS, sql: "CREATE TEMP TABLE users (id int);" },
    { history: `${USERS} CREATE SCHEMA app;`, sql: "CREATE TABLE app.users (id int);" },
    { history: USERS, sql: "ALTER TABLE users RENAME TO people; CREATE TABLE users (id int);" },
    {
      history: [USERS, "-- @phase contract\n-- @closes 0001\nDROP TABLE users;"],
      sql: "CREATE TABLE users (id bigint);",
    },
  ],
};
