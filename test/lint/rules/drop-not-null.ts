import type { RuleRows } from "../rule-rows.js";

const USERS = "CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL); CREATE DOMAIN label AS text NOT NULL;";

export const rows: RuleRows = {
  rule: "drop-not-null",
  unproven: "nothing fails before a new release writes NULL and an old one reads it",
  unsafe: [
    { history: USERS, sql: "ALTER TABLE users ALTER COLUMN name DROP NOT NULL;", says: /lets NULL into users\.name/ },
    { history: USERS, sql: "ALTER DOMAIN label DROP NOT NULL;", says: /domain label/ },
    { history: USERS, sql: "DO $$ BEGIN ALTER TABLE users ALTER name DROP NOT NULL; END $$;" },
  ],
  safe: [
    { sql: `${USERS} ALTER TABLE users ALTER name DROP NOT NULL; ALTER DOMAIN label DROP NOT NULL;` },
    {
      history: USERS,
      sql: "ALTER TABLE users ADD size int NOT NULL DEFAULT 1; ALTER TABLE users ALTER size DROP NOT NULL;",
    },
    { history: USERS, sql: "ALTER TABLE users ALTER name SET DEFAULT '';" },
  ],
};
