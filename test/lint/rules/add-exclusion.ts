import type { RuleRows } from "../rule-rows.js";

const STAYS = "CREATE TABLE stays (room int4range, during tsrange);";

export const rows: RuleRows = {
  rule: "add-exclusion",
  unsafe: [
    {
      history: STAYS,
      sql: "ALTER TABLE stays ADD CONSTRAINT once EXCLUDE USING gist (during WITH &&);",
      says: /adds an exclusion constraint to stays: an index of all rows is built/,
      fix: /Make a new table with the constraint, fill it from stays/,
    },
    {
      history: STAYS,
      sql: "ALTER TABLE public.stays ADD n int, ADD EXCLUDE USING gist (room WITH &&, during WITH &&) WHERE (NOT isempty(during)) DEFERRABLE;",
    },
    {
      history: STAYS,
      sql: "DO $$ BEGIN ALTER TABLE stays ADD EXCLUDE USING gist (during WITH &&); END $$;",
      says: /in the DO block/,
    },
    { history: STAYS, sql: "ALTER TABLE stays ADD EXCLUDE USING gist (during WITH &&);", manner: "plain" },
  ],
  safe: [
    { sql: `${STAYS} ALTER TABLE stays ADD EXCLUDE USING gist (during WITH &&);` },
    { sql: "CREATE TABLE stays (during tsrange, EXCLUDE USING gist (during WITH &&));" },
    { history: STAYS, sql: "CREATE INDEX CONCURRENTLY i ON stays USING gist (during);" },
  ],
};
