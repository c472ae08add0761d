import type { RuleRows } from "../rule-rows.js";

const USERS = "CREATE TABLE users (id int PRIMARY KEY, age int); CREATE TABLE orders (id int PRIMARY KEY);";
const ALTER = "ALTER TABLE users ADD a int;";

export const rows: RuleRows = {
  rule: "missing-lock-timeout",
  unproven: "how long others wait depends on who reads the table at that moment",
  unsafe: [
    {
      history: USERS,
      sql: `${ALTER} ALTER TABLE orders ADD a int;`,
      manner: "plain",
      says: /all reads and writes of users wait behind it/,
      fix: /SET lock_timeout = '2s';/,
    },
    { history: USERS, sql: `SET lock_timeout = 0; ${ALTER}`, manner: "plain" },
    { history: USERS, sql: `SET lock_timeout = '2s'; RESET lock_timeout; ${ALTER}`, manner: "plain" },
    { history: USERS, sql: `SET LOCAL lock_timeout = '2s'; ${ALTER}`, manner: "plain" },
    { history: USERS, sql: `BEGIN; SET LOCAL lock_timeout = '2s'; COMMIT; ${ALTER}`, manner: "plain" },
    {
      history: USERS,
      sql: "SET statement_timeout = '2s'; CREATE TABLE notes (id int REFERENCES users);",
      manner: "plain",
      says: /all writes of users/,
    },
    { history: USERS, sql: `DO $$ BEGIN ${ALTER} END $$;`, manner: "plain" },
  ],
  safe: [
    { history: USERS, sql: ALTER },
    { history: USERS, sql: `SET lock_timeout = '2s'; ${ALTER} ALTER TABLE orders ADD a int;`, manner: "plain" },
    { history: USERS, sql: `BEGIN; SET LOCAL lock_timeout TO 2000; ${ALTER} COMMIT;`, manner: "plain" },
    { history: USERS, sql: `SELECT set_config('lock_timeout', '2s', false); ${ALTER}`, manner: "plain" },
    {
      history: USERS,
      sql: "CREATE INDEX CONCURRENTLY i ON users (age); CREATE TABLE notes (id int); DROP TABLE notes;",
      manner: "plain",
    },
    { history: USERS, sql: "ALTER TABLE users ALTER age SET STATISTICS 500;", manner: "plain" },
    { history: USERS, sql: "ALTER INDEX users_pkey RENAME TO users_key;", manner: "plain" },
  ],
};
