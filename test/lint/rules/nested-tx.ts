import type { RuleRows } from "../rule-rows.js";

const USERS = "CREATE TABLE users (id int PRIMARY KEY);";

export const rows: RuleRows = {
  rule: "nested-tx",
  unproven: "PostgreSQL answers with a warning; what is not undone shows only where a later statement fails",
  unsafe: [
    {
      history: USERS,
      sql: "BEGIN; BEGIN; ALTER TABLE users ADD a int; COMMIT;",
      manner: "plain",
      says: /a transaction inside one: PostgreSQL ignores it/,
    },
    {
      history: USERS,
      sql: "ALTER TABLE users ADD a int; COMMIT; ALTER TABLE users ADD b int;",
      manner: "plain",
      isOneTransaction: true,
      says: /ends the transaction that the tool has put around the file/,
    },
    {
      history: USERS,
      sql: "BEGIN; ALTER TABLE users ADD a int; COMMIT;",
      manner: "plain",
      isOneTransaction: true,
      times: 2,
    },
    { history: USERS, sql: "ALTER TABLE users ADD a int; COMMIT;", manner: "plain", says: /has not begun/ },
    {
      history: USERS,
      sql: "BEGIN; DO $$ BEGIN COMMIT; END $$; COMMIT;",
      manner: "plain",
      says: /fails: the body it runs says COMMIT/,
    },
    {
      history: USERS,
      sql: "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$; SELECT f();",
      manner: "plain",
      says: /fails/,
    },
  ],
  safe: [
    { history: USERS, sql: "BEGIN; ALTER TABLE users ADD a int; COMMIT; BEGIN; SELECT 1; ROLLBACK;", manner: "plain" },
    { history: USERS, sql: "BEGIN; SAVEPOINT s; ALTER TABLE users ADD a int; RELEASE s; COMMIT;", manner: "plain" },
    { history: USERS, sql: "ALTER TABLE users ADD a int;", manner: "plain", isOneTransaction: true },
    { history: USERS, sql: "DO $$ BEGIN COMMIT; END $$;", manner: "plain" },
    {
      history: USERS,
      sql: "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$; CALL p();",
      manner: "plain",
    },
  ],
};
