import type { RuleRows } from "../rule-rows.js";

const USERS = "CREATE TABLE users (id int PRIMARY KEY, age int, name text);";

export const rows: RuleRows = {
  rule: "combine-alter-table",
  unproven: "it costs time, and no more",
  unsafe: [
    {
      history: USERS,
      sql: "ALTER TABLE users ADD CHECK (age > 0); ALTER TABLE users ALTER name TYPE varchar(5);",
      says: /goes through all rows of users once more/,
    },
    {
      history: USERS,
      sql: "BEGIN; ALTER TABLE users ALTER age SET NOT NULL; ALTER TABLE public.users ALTER name SET NOT NULL; COMMIT;",
      manner: "plain",
    },
  ],
  safe: [
    { history: USERS, sql: "ALTER TABLE users ADD CHECK (age > 0), ALTER name TYPE varchar(5);" },
    { history: USERS, sql: "ALTER TABLE users ADD CHECK (age > 0) NOT VALID; ALTER TABLE users ADD note text;" },
    {
      history: USERS,
      sql: "ALTER TABLE users ALTER age SET NOT NULL; ALTER TABLE users ALTER name SET NOT NULL;",
      manner: "plain",
    },
    { sql: `${USERS} ALTER TABLE users ALTER age SET NOT NULL; ALTER TABLE users ALTER name SET NOT NULL;` },
  ],
};
