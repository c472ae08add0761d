import type { RuleRows } from "../rule-rows.js";

const USERS = "CREATE TABLE users (id int PRIMARY KEY);";
const EVENTS =
  "CREATE TABLE events (id int, at date) PARTITION BY RANGE (at); CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');";

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
      sql: "BEGIN; CREATE TABLE scratch (id int); ROLLBACK; CREATE TABLE scratch (id int); DROP TABLE scratch, users;",
      manner: "plain",
    },
    { history: USERS, sql: "CREATE TABLE IF NOT EXISTS users (id int); DROP TABLE users;" },
    {
      history: USERS,
      sql: "CREATE TEMP TABLE users (id int); DO $$ BEGIN FOR i IN 1..2 LOOP DROP TABLE users; END LOOP; END $$;",
    },
    {
      history: EVENTS,
      sql: "ALTER TABLE events DETACH PARTITION events_2025; CREATE TABLE new_events (id int, at date) PARTITION BY RANGE (at); ALTER TABLE new_events ATTACH PARTITION events_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01'); DROP TABLE new_events;",
    },
    { history: EVENTS, sql: "DROP TABLE events_2025;" },
    { history: [USERS, "ALTER TABLE users RENAME TO people;"], sql: "DROP TABLE people;", says: /people/ },
  ],
  safe: [
    { sql: "CREATE TABLE scratch (id int); DROP TABLE scratch;" },
    { sql: "CREATE TEMP TABLE scratch AS SELECT 1; DROP TABLE scratch;" },
    { history: [USERS, "SELECT 1;"], sql: "-- @phase contract\n-- @closes 0002\nDROP TABLE users;" },
    { sql: "SELECT 'DROP TABLE users';" },
    {
      history: "CREATE SCHEMA IF NOT EXISTS holdfast_scratch; CREATE TABLE holdfast_scratch.copies (id int);",
      sql: "DROP TABLE holdfast_scratch.copies;",
    },
    {
      history: USERS,
      sql: "CREATE TABLE boxes (id int); ALTER TABLE boxes RENAME TO crates; DROP TABLE crates;",
    },
  ],
};
