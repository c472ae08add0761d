import type { RuleRows } from "../rule-rows.js";

const USERS = "CREATE TABLE users (id int PRIMARY KEY, age int);";
const ALTER = "ALTER TABLE users ADD a int;";

export const rows: RuleRows = {
  rule: "missing-statement-timeout",
  unproven: "it guards against what is not known of a table",
  unsafe: [
    {
      history: USERS,
      sql: ALTER,
      manner: "plain",
      says: /reads and writes of users wait without end/,
      fix: /SET statement_timeout/,
    },
    {
      history: USERS,
      sql: `SET statement_timeout = 0; SET lock_timeout = '2s'; ${ALTER} ${ALTER.replace(" a ", " b ")}`,
      manner: "plain",
    },
  ],
  safe: [
    { history: USERS, sql: ALTER },
    { history: USERS, sql: `SET statement_timeout = '30s'; ${ALTER}`, manner: "plain" },
    { history: USERS, sql: "CREATE INDEX CONCURRENTLY i ON users (age);", manner: "plain" },
    { history: USERS, sql: "CREATE TABLE notes (id int); ALTER TABLE notes ADD a int;", manner: "plain" },
  ],
};
