import type { RuleRows } from "../rule-rows.js";

const USERS = "CREATE TABLE users (id int PRIMARY KEY, name text, age int);";

export const rows: RuleRows = {
  rule: "drop-column",
  unsafe: [
    {
      history: USERS,
      sql: "ALTER TABLE users DROP COLUMN name;",
      says: /drops column users\.name: its values are gone/,
      fix: /@phase contract/,
    },
    {
      history: USERS,
      sql: 'ALTER TABLE IF EXISTS ONLY public."users" ADD a int, DROP IF EXISTS age;',
      says: /users\.age/,
    },
    { history: USERS, sql: "ALTER TABLE users DROP name, DROP age CASCADE;", times: 2 },
    {
      history: USERS,
      sql: "DO $$ BEGIN EXECUTE 'ALTER TABLE users ' || 'DROP COLUMN name'; END $$;",
      says: /DO block/,
    },
    { history: USERS, sql: "ALTER TABLE users ADD COLUMN IF NOT EXISTS name text; ALTER TABLE users DROP name;" },
    {
      history: [USERS, "ALTER TABLE users RENAME TO people;"],
      sql: "ALTER TABLE people DROP name;",
      says: /people\.name/,
    },
    {
      history: "CREATE TYPE pair AS (a int, b int); CREATE TABLE points (at pair);",
      sql: "ALTER TYPE pair DROP ATTRIBUTE b CASCADE;",
      says: /drops attribute pair\.b/,
    },
  ],
  safe: [
    { sql: `${USERS} ALTER TABLE users DROP name;` },
    { history: USERS, sql: "ALTER TABLE users ADD flag boolean; ALTER TABLE users DROP flag;" },
    { sql: "CREATE TYPE pair AS (a int, b int); ALTER TYPE pair DROP ATTRIBUTE b;" },
    { history: USERS, sql: "-- @phase contract\n-- @closes 0001\nALTER TABLE users DROP name;" },
    { history: USERS, sql: "ALTER TABLE users ALTER name DROP DEFAULT;" },
    { history: USERS, sql: "ALTER TABLE users DROP COLUMN IF EXISTS never_was;" },
  ],
};
