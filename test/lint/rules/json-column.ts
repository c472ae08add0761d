import type { RuleRows } from "../rule-rows.js";

const USERS = "CREATE TABLE users (id int, facts jsonb);";

export const rows: RuleRows = {
  rule: "json-column",
  unsafe: [
    {
      history: USERS,
      sql: "ALTER TABLE users ADD COLUMN extra json;",
      says: /makes users\.extra json, which cannot be compared/,
      fix: /ADD COLUMN extra jsonb;/,
    },
    {
      history: USERS,
      sql: "alter table public.users add a int, add \"Extra\" json default '{}'",
      fix: /"Extra" jsonb/,
    },
    { history: USERS, sql: "ALTER TABLE users ALTER facts TYPE json USING facts::json;" },
  ],
  safe: [
    { history: USERS, sql: "ALTER TABLE users ADD COLUMN extra jsonb;" },
    { sql: `${USERS} ALTER TABLE users ADD COLUMN extra json;` },
    { history: USERS, sql: "CREATE TABLE notes (extra json);" },
  ],
};
