import type { RuleRows } from "../rule-rows.js";

const TOTALS =
  "CREATE TABLE orders (id int PRIMARY KEY, total int); CREATE MATERIALIZED VIEW totals AS SELECT id, total FROM orders;";
const UNIQUE = "CREATE UNIQUE INDEX totals_id ON totals (id);";

export const rows: RuleRows = {
  rule: "refresh-matview-blocking",
  unsafe: [
    {
      history: TOTALS,
      sql: "REFRESH MATERIALIZED VIEW totals;",
      says: /totals anew while its readers wait/,
      fix: /CREATE UNIQUE INDEX CONCURRENTLY ON totals[^]*REFRESH MATERIALIZED VIEW CONCURRENTLY totals;/,
    },
    {
      history: TOTALS + UNIQUE,
      sql: "refresh materialized view public.totals with data;",
      fix: /^REFRESH MATERIALIZED VIEW CONCURRENTLY totals;$/,
    },
    {
      history: TOTALS,
      sql: "REFRESH MATERIALIZED VIEW totals WITH NO DATA;",
      says: /empties materialized view totals: every query of it fails/,
    },
    { history: TOTALS, sql: "DO $$ BEGIN REFRESH MATERIALIZED VIEW totals; END $$;" },
  ],
  safe: [
    { history: TOTALS + UNIQUE, sql: "REFRESH MATERIALIZED VIEW CONCURRENTLY totals;" },
    { sql: `${TOTALS} REFRESH MATERIALIZED VIEW totals;` },
    { sql: "CREATE MATERIALIZED VIEW late AS SELECT 1 AS id WITH NO DATA; REFRESH MATERIALIZED VIEW late;" },
  ],
};
