import type { RuleRows } from "../rule-rows.js";

const USERS = "CREATE TABLE users (id int NOT NULL); CREATE TYPE mood AS ENUM ('good', 'bad');";

export const rows: RuleRows = {
  rule: "write-catalog",
  unproven: "what breaks shows only later, and on a managed server the statement is refused",
  unsafe: [
    {
      history: USERS,
      sql: "UPDATE pg_attribute SET attnotnull = false WHERE attrelid = 'users'::regclass AND attname = 'id';",
      says: /updates pg_attribute, the server's own catalog/,
    },
    { history: USERS, sql: "delete from pg_catalog.pg_enum where enumlabel = 'bad'", says: /deletes from pg_enum/ },
    { history: USERS, sql: "DO $$ BEGIN DELETE FROM pg_enum WHERE enumlabel = 'bad'; END $$;", manner: "plain" },
  ],
  safe: [
    { history: USERS, sql: "SELECT * FROM pg_attribute WHERE attrelid = 'users'::regclass;" },
    { history: "CREATE TABLE pgbench (id int PRIMARY KEY);", sql: "UPDATE pgbench SET id = 2 WHERE id = 1;" },
    {
      history: "CREATE SCHEMA app; CREATE TABLE app.pg_notes (id int PRIMARY KEY);",
      sql: "DELETE FROM app.pg_notes WHERE id = 1;",
    },
  ],
};
