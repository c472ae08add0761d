import type { RuleRows } from "../rule-rows.js";

const USERS = "CREATE TABLE users (id int PRIMARY KEY, age int); CREATE INDEX users_age ON users (age);";
const INDEX = "CREATE INDEX CONCURRENTLY users_id ON users (id);";

export const rows: RuleRows = {
  rule: "not-repeatable",
  unproven: "only a failure in the middle, and the run after it, show it",
  unsafe: [
    {
      history: USERS,
      sql: `CREATE TABLE notes (id int); DROP INDEX CONCURRENTLY IF EXISTS users_id; ${INDEX}`,
      manner: "plain",
      says: /fails when the file is run once more/,
      fix: /IF NOT EXISTS/,
    },
    { history: USERS, sql: "DROP INDEX CONCURRENTLY users_age; VACUUM users;", manner: "plain", fix: /IF EXISTS/ },
    {
      history: USERS,
      sql: `${INDEX} CREATE INDEX CONCURRENTLY users_id_age ON users (id, age);`,
      manner: "plain",
      times: 2,
    },
  ],
  safe: [
    { history: USERS, sql: `DROP INDEX CONCURRENTLY IF EXISTS users_id; ${INDEX}`, manner: "plain" },
    { history: USERS, sql: INDEX, manner: "plain" },
    { history: USERS, sql: `CREATE TABLE notes (id int); ${INDEX}` },
    { history: USERS, sql: `CREATE TABLE IF NOT EXISTS notes (id int); VACUUM users;`, manner: "plain" },
    { history: USERS, sql: "CREATE TABLE notes (id int); CREATE TABLE others (id int);", manner: "plain" },
  ],
};
