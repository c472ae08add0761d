import type { RuleRows } from "../rule-rows.js";

const MOOD = "CREATE TYPE mood AS ENUM ('good', 'bad');";

export const rows: RuleRows = {
  rule: "enum-reorder",
  unproven: "where a value sorts is no harm, only easily not what was meant",
  unsafe: [
    {
      history: MOOD,
      sql: "ALTER TYPE mood ADD VALUE 'fine';",
      says: /adds 'fine' to mood without saying where/,
      fix: /ADD VALUE 'fine' AFTER 'bad';/,
    },
    { history: MOOD, sql: "alter type public.mood add value if not exists 'so so'" },
  ],
  safe: [
    { history: MOOD, sql: "ALTER TYPE mood ADD VALUE 'fine' BEFORE 'bad';" },
    { history: MOOD, sql: "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'fine' AFTER 'bad';" },
    { sql: `${MOOD} ALTER TYPE mood ADD VALUE 'fine';` },
  ],
};
