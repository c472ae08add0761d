import type { RuleRows } from "../rule-rows.js";

const LOGS = "CREATE TABLE logs (id int); CREATE TABLE old_logs (id int); INSERT INTO old_logs VALUES (1);";

export const rows: RuleRows = {
  rule: "inherit-rows",
  unproven: "more rows are no failure; whether a release minds them stands in no file",
  unsafe: [
    {
      history: LOGS,
      sql: "ALTER TABLE old_logs INHERIT logs;",
      says: /puts the rows of old_logs into logs/,
      fix: /ONLY logs/,
    },
    { history: LOGS, sql: "alter table if exists public.old_logs inherit public.logs", manner: "plain" },
    { history: LOGS, sql: "DO $$ BEGIN ALTER TABLE old_logs INHERIT logs; END $$;" },
  ],
  safe: [
    { sql: `${LOGS} ALTER TABLE old_logs INHERIT logs;` },
    { history: LOGS, sql: "CREATE TABLE all_logs (id int); ALTER TABLE old_logs INHERIT all_logs;" },
  ],
};
