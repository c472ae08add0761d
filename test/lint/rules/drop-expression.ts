import type { RuleRows } from "../rule-rows.js";

const BOXES = "CREATE TABLE boxes (a int, twice int GENERATED ALWAYS AS (a * 2) STORED);";

export const rows: RuleRows = {
  rule: "drop-expression",
  unsafe: [
    {
      history: BOXES,
      sql: "ALTER TABLE boxes ALTER twice DROP EXPRESSION;",
      says: /drops the expression of boxes\.twice/,
      fix: /@phase contract/,
    },
    { history: BOXES, sql: "alter table public.boxes alter column twice drop expression if exists", manner: "plain" },
    { history: BOXES, sql: "DO $$ BEGIN ALTER TABLE boxes ALTER twice DROP EXPRESSION; END $$;" },
  ],
  safe: [
    { sql: `${BOXES} ALTER TABLE boxes ALTER twice DROP EXPRESSION;` },
    { history: BOXES, sql: "-- @phase contract\n-- @closes 0001\nALTER TABLE boxes ALTER twice DROP EXPRESSION;" },
  ],
};
