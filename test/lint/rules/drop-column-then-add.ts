import type { RuleRows } from "../rule-rows.js";

const USERS = "CREATE TABLE users (id int PRIMARY KEY, age int, code text);";

export const rows: RuleRows = {
  rule: "drop-column-then-add",
  unsafe: [
    {
      history: USERS,
      sql: "ALTER TABLE users DROP COLUMN age, ADD COLUMN age bigint;",
      says: /drops users\.age, and the file adds a column of that name/,
      fix: /ADD COLUMN age_new int8;/,
    },
    { history: USERS, sql: "ALTER TABLE users DROP code; SELECT 1; ALTER TABLE public.users ADD code jsonb;" },
    { history: USERS, sql: "ALTER TABLE users DROP code;\nALTER TABLE users ADD code int;", manner: "plain" },
  ],
  safe: [
    { history: USERS, sql: "ALTER TABLE users ADD age_new bigint;" },
    { history: USERS, sql: "ALTER TABLE users ADD size int; ALTER TABLE users DROP size, ADD size bigint;" },
    { sql: `${USERS} ALTER TABLE users DROP age, ADD age bigint;` },
    { history: USERS, sql: "ALTER TABLE users DROP age, ADD years bigint;" },
  ],
};
