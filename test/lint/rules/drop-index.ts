import type { RuleRows } from "../rule-rows.js";

const USERS = `CREATE TABLE users (id int PRIMARY KEY, email text, age int);
CREATE UNIQUE INDEX users_email ON users (email); CREATE INDEX users_age ON users (age);`;

export const rows: RuleRows = {
  rule: "drop-index",
  unproven: "a query without its index is slow, not wrong; that the queries of a release use it stands in no file",
  unsafe: [
    {
      history: USERS,
      sql: "DROP INDEX users_age;",
      says: /drops index users_age of users.*read the whole table/,
      fix: /@phase contract/,
    },
    { history: USERS, sql: "DROP INDEX CONCURRENTLY users_age;" },
    { history: USERS, sql: "DROP INDEX IF EXISTS public.users_age, users_email;", times: 2 },
    {
      history: USERS,
      sql: "DROP INDEX CONCURRENTLY users_email;",
      manner: "plain",
      says: /unique index users_email of users: doubles can be written, and ON CONFLICT \(email\)/,
    },
    { history: USERS, sql: "DO $$ BEGIN EXECUTE 'DROP INDEX users_age'; END $$;", says: /in the DO block/ },
  ],
  safe: [
    { history: USERS, sql: "DROP INDEX CONCURRENTLY users_age;", manner: "plain" },
    { history: [USERS, "SELECT 1;"], sql: "-- @phase contract\n-- @closes 0002\nDROP INDEX users_age;" },
    { history: USERS, sql: "CREATE INDEX users_id ON users (id); DROP INDEX users_id;" },
    {
      history: [USERS, "CREATE INDEX CONCURRENTLY users_age_2 ON users (age);"],
      sql: "DROP INDEX CONCURRENTLY users_age;",
    },
    {
      history: USERS,
      sql: "CREATE UNIQUE INDEX CONCURRENTLY users_email_2 ON users (email); DROP INDEX CONCURRENTLY users_email;",
      manner: "plain",
    },
  ],
};
