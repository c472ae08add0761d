import type { RuleRows } from "../rule-rows.js";

const USERS = "CREATE TABLE users (id int PRIMARY KEY);";

export const rows: RuleRows = {
  rule: "uncommitted-tx",
  unproven: "what is lost is the change itself, once the session ends: no table of before shows it",
  unsafe: [
    {
      history: USERS,
      sql: "BEGIN; ALTER TABLE users ADD a int;",
      manner: "plain",
      says: /never ends: its changes are lost/,
      fix: /COMMIT;/,
    },
    {
      history: USERS,
      sql: "BEGIN; SELECT 1; COMMIT; START TRANSACTION; ALTER TABLE users ADD a int;",
      manner: "plain",
    },
    { history: USERS, sql: "begin isolation level serializable; savepoint s; rollback to s;", manner: "plain" },
  ],
  safe: [
    { history: USERS, sql: "BEGIN; ALTER TABLE users ADD a int; COMMIT;", manner: "plain" },
    { history: USERS, sql: "BEGIN WORK; ALTER TABLE users ADD a int; END;", manner: "plain" },
    { history: USERS, sql: "BEGIN; ALTER TABLE users ADD a int; ROLLBACK;", manner: "plain" },
    { history: USERS, sql: "ALTER TABLE users ADD a int;", manner: "plain" },
    { history: USERS, sql: "DO $$ BEGIN PERFORM 1; END $$;", manner: "plain" },
  ],
};
