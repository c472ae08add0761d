import type { RuleRows } from "../rule-rows.js";

const MOOD = "CREATE TYPE mood AS ENUM ('good', 'bad'); CREATE TABLE days (mood mood);";

export const rows: RuleRows = {
  rule: "rename-enum-value",
  unsafe: [
    {
      history: MOOD,
      sql: "ALTER TYPE mood RENAME VALUE 'good' TO 'fine';",
      says: /renames the value 'good' of mood/,
      fix: /ALTER TYPE mood ADD VALUE 'fine' AFTER 'good';/,
    },
    { history: MOOD, sql: "alter type public.mood rename value 'bad' to 'it''s bad'", fix: /'it''s bad'/ },
    { history: MOOD, sql: "DO $$ BEGIN ALTER TYPE mood RENAME VALUE 'good' TO 'fine'; END $$;" },
  ],
  safe: [
    { history: MOOD, sql: "ALTER TYPE mood ADD VALUE 'fine' AFTER 'good';" },
    { sql: "CREATE TYPE mood AS ENUM ('good'); ALTER TYPE mood RENAME VALUE 'good' TO 'fine';" },
    { history: MOOD, sql: "-- @phase contract\n-- @closes 0001\nALTER TYPE mood RENAME VALUE 'good' TO 'fine';" },
  ],
};
