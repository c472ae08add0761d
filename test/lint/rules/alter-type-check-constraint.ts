import type { RuleRows } from "../rule-rows.js";

const USERS =
  "CREATE TABLE users (id int PRIMARY KEY, name varchar(20) CHECK (name <> ''), age numeric(3), town varchar(20), CONSTRAINT old CHECK (age > 0 AND town <> ''));";
const UNCHECKED =
  "CREATE TABLE users (name varchar(20)); ALTER TABLE users ADD CONSTRAINT c CHECK (name <> '') NOT VALID;";

export const rows: RuleRows = {
  rule: "alter-type-check-constraint",
  unsafe: [
    {
      history: USERS,
      sql: "ALTER TABLE users ALTER COLUMN name TYPE varchar(40);",
      says: /changes the type of users\.name, whose CHECK users_name_check is asked again: every row is read/,
      fix: /drop users_name_check, and add it again NOT VALID/,
    },
    {
      history: USERS,
      sql: "ALTER TABLE users ALTER id TYPE int, ALTER age TYPE numeric(5);",
      says: /users\.age, whose CHECK old/,
    },
    { history: USERS, sql: "ALTER TABLE public.users ALTER town SET DATA TYPE text USING town::text;" },
    {
      history: [UNCHECKED, "-- @phase switch\nALTER TABLE users VALIDATE CONSTRAINT c;"],
      sql: "ALTER TABLE users ALTER name TYPE text;",
    },
    { history: USERS, sql: "DO $$ BEGIN ALTER TABLE users ALTER town TYPE text; END $$;", says: /in the DO block/ },
  ],
  safe: [
    { history: UNCHECKED, sql: "ALTER TABLE users ALTER name TYPE text;" },
    {
      history: "CREATE TABLE users (name varchar(20), age int CHECK (age > 0));",
      sql: "ALTER TABLE users ALTER name TYPE text;",
    },
    { sql: `${USERS} ALTER TABLE users ALTER name TYPE text;` },
    { history: USERS, sql: "ALTER TABLE users ALTER id TYPE int;" },
  ],
};
