import type { RuleRows } from "../rule-rows.js";

export const rows: RuleRows = {
  rule: "timeout-disabled-or-long",
  unproven: "how long others wait depends on who reads the table at that moment",
  unsafe: [
    {
      sql: "SET lock_timeout = 0; SELECT 1;",
      says: /takes away lock_timeout, whatever the runner set/,
      fix: /Remove it/,
    },
    { sql: "set local LOCK_TIMEOUT to '0ms'; SELECT 1;" },
    { sql: "RESET ALL; SELECT 1;" },
    { sql: "SET lock_timeout TO DEFAULT; SELECT 1;" },
    {
      sql: "SET lock_timeout = '5min'; SELECT 1;",
      manner: "plain",
      says: /sets lock_timeout to 300 s/,
      fix: /SET lock_timeout = '2s'/,
    },
    { sql: "SELECT set_config('lock_timeout', '0', false);", manner: "plain" },
    { sql: "SET SESSION lock_timeout = 60000;", manner: "plain" },
  ],
  safe: [
    { sql: "SET lock_timeout = '2s'; SELECT 1;" },
    { sql: "SET LOCAL lock_timeout = 500; SELECT 1;" },
    { sql: "SET statement_timeout = 0; SELECT 1;", manner: "plain" },
    { sql: "SET lock_timeout = '2s'; RESET lock_timeout;", manner: "plain" },
    { sql: "SELECT set_config('search_path', '', false);", manner: "plain" },
  ],
};
