import type { RuleRows } from "../rule-rows.js";

const USERS =
  "CREATE TABLE users (id int PRIMARY KEY, name varchar(50)); CREATE TYPE pair AS (a int, b int); CREATE TABLE points (at pair);";

export const rows: RuleRows = {
  rule: "rename-column",
  unsafe: [
    {
      history: USERS,
      sql: "ALTER TABLE users RENAME COLUMN name TO full_name;",
      says: /renames column users\.name: every statement of the release still running/,
      fix: /ADD COLUMN full_name varchar\(50\);/,
    },
    { history: USERS, sql: 'alter table if exists only public.users rename name to "Name";', fix: /ADD COLUMN "Name"/ },
    { history: USERS, sql: "ALTER TYPE pair RENAME ATTRIBUTE a TO x CASCADE;", says: /attribute pair\.a/ },
    { history: USERS, sql: "DO $$ BEGIN ALTER TABLE users RENAME name TO full_name; END $$;", says: /DO block/ },
    { history: USERS, sql: "BEGIN; ALTER TABLE users RENAME name TO full_name; COMMIT;", manner: "plain" },
  ],
  safe: [
    { sql: `${USERS} ALTER TABLE users RENAME name TO full_name;` },
    { history: USERS, sql: "ALTER TABLE users ADD nick text; ALTER TABLE users RENAME nick TO nickname;" },
    { history: USERS, sql: "-- @phase contract\n-- @closes 0001\nALTER TABLE users RENAME name TO full_name;" },
    { history: USERS, sql: "CREATE TYPE trio AS (a int); ALTER TYPE trio RENAME ATTRIBUTE a TO b;" },
  ],
};
