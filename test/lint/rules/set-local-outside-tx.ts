import type { RuleRows } from "../rule-rows.js";

const USERS = "CREATE TABLE users (id int PRIMARY KEY, age int);";

export const rows: RuleRows = {
  rule: "set-local-outside-tx",
  unproven: "PostgreSQL answers with a warning, and does nothing",
  unsafe: [
    {
      history: USERS,
      sql: "SET LOCAL lock_timeout = '2s'; ALTER TABLE users ADD a int;",
      manner: "plain",
      says: /has no effect: SET LOCAL lasts/,
      fix: /^SET lock_timeout = '2s';$/,
    },
    {
      history: USERS,
      sql: "set local maintenance_work_mem = '1GB'; CREATE INDEX CONCURRENTLY i ON users (age);",
      fix: /SET maintenance/,
    },
    { history: USERS, sql: "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SELECT 1;", manner: "plain" },
    { history: USERS, sql: "SET CONSTRAINTS ALL DEFERRED; SELECT 1;", manner: "plain" },
    { history: USERS, sql: "BEGIN; SELECT 1; COMMIT; SET LOCAL work_mem = '8MB';", manner: "plain" },
  ],
  safe: [
    { history: USERS, sql: "SET LOCAL lock_timeout = '2s'; ALTER TABLE users ADD a int;" },
    {
      history: USERS,
      sql: "BEGIN; SET LOCAL lock_timeout = '2s'; ALTER TABLE users ADD a int; COMMIT;",
      manner: "plain",
    },
    { history: USERS, sql: "SET lock_timeout = '2s'; ALTER TABLE users ADD a int;", manner: "plain" },
    { history: USERS, sql: "SET LOCAL work_mem = '8MB'; SELECT 1;", manner: "plain", isOneTransaction: true },
    { history: USERS, sql: "DO $$ BEGIN SET LOCAL work_mem = '8MB'; END $$;", manner: "plain" },
  ],
};
