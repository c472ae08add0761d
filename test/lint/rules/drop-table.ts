import type { RuleRows } from "../rule-rows.js";

const USERS = "CREATE TABLE users (id int PRIMARY KEY);";

export const rows: RuleRows = {
  rule: "drop-table",
  unsafe: [
    { history: USERS, sql: "DROP TABLE users;", says: /drops table users: its rows are gone/, fix: /@phase contract/ },
    {
      history: `CREATE SCHEMA app; CREATE TABLE app.users (id int); ${USERS}`,
      sql: "DROP TABLE IF EXISTS app.users, users CASCADE;",
      says: /app\.users, users/,
    },
    { history: USERS, sql: "DO $$ BEGIN EXECUTE format('DROP TABLE %I', 'users'); END $$;", says: /, in the DO block/ },
    { history: USERS, sql: "DROP TABLE users;", manner: "plain" },
    {
      history: USERS,
      sql: "BEGIN; CREATE TABLE scratch (id int); ROLLBACK; DROP TABLE scratch, users;",
      manner: "plain",
    },
    { history: USERS, sql: "CREATE TABLE IF NOT EXISTS users (id int); DROP TABLE users;" },
  ],
  safe: [
    { sql: "CREATE TABLE scratch (id int); DROP TABLE scratch;" },
    { sql: "CREATE TEMP TABLE scratch AS SELECT 1; DROP TABLE scratch;" },
    { history: [USERS, "SELECT 1;"], sql: "-- @phase contract\n-- @closes 0002\nDROP TABLE users;" },
    { sql: "SELECT 'DROP TABLE users';" },
  ],
};
