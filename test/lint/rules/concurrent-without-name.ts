import type { RuleRows } from "../rule-rows.js";

const USERS = 'CREATE TABLE users (id int PRIMARY KEY, age int, "firstName" text);';

export const rows: RuleRows = {
  rule: "concurrent-without-name",
  unproven: "it takes a build that failed before",
  unsafe: [
    {
      history: USERS,
      sql: "CREATE INDEX CONCURRENTLY ON users (age);",
      manner: "plain",
      says: /gives the index on users no name/,
      fix: /CREATE INDEX CONCURRENTLY users_age_idx ON users \(age\);/,
    },
    {
      history: USERS,
      sql: 'create unique index concurrently on users (lower("firstName"), age)',
      manner: "plain",
      fix: /concurrently users_expr_age_idx on users/,
    },
    {
      history: USERS,
      sql: 'CREATE INDEX CONCURRENTLY ON users ("firstName");',
      manner: "plain",
      fix: /"users_firstName_idx"/,
    },
  ],
  safe: [
    { history: USERS, sql: "CREATE INDEX CONCURRENTLY users_age ON users (age);", manner: "plain" },
    { history: USERS, sql: "CREATE INDEX CONCURRENTLY ON users (age);" },
    { sql: `${USERS} CREATE INDEX ON users (age);`, manner: "plain" },
  ],
};
