import type { RuleRows } from "../rule-rows.js";

const USERS =
  "CREATE TABLE users (id int PRIMARY KEY, name text, score int); CREATE UNIQUE INDEX by_score ON users (score);";

export const rows: RuleRows = {
  rule: "tighten-unique",
  unproven: "what the release still running writes stands in no file",
  unsafe: [
    {
      history: USERS,
      sql: "ALTER TABLE users ADD CONSTRAINT positive CHECK (score > 0) NOT VALID;",
      says: /asks rows of users to fulfil a CHECK \(score\)/,
    },
    { history: USERS, sql: "CREATE UNIQUE INDEX CONCURRENTLY by_name ON users (name);", says: /be unique \(name\)/ },
    {
      history: USERS,
      sql: "ALTER TABLE users ADD FOREIGN KEY (score) REFERENCES users NOT VALID;",
      says: /refer to a row/,
    },
  ],
  safe: [
    { history: USERS, sql: "CREATE INDEX CONCURRENTLY by_name ON users (name);" },
    { history: USERS, sql: "ALTER TABLE users ADD CONSTRAINT score_key UNIQUE USING INDEX by_score;" },
    { history: USERS, sql: "ALTER TABLE users ADD size int; ALTER TABLE users ADD CHECK (size > 0) NOT VALID;" },
    { sql: `${USERS} ALTER TABLE users ADD CHECK (score > 0);` },
  ],
};
