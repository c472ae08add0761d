import type { RuleRows } from "../rule-rows.js";

const P =
  "CREATE TABLE p (k int PRIMARY KEY) PARTITION BY RANGE (k); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);";
const REFERRED = `${P} CREATE TABLE refers (k int REFERENCES p);`;
const RELEASE = "-- @phase contract\n-- @closes 0001\n";

export const rows: RuleRows = {
  rule: "detach-partition",
  unsafe: [
    {
      history: REFERRED,
      sql: `${RELEASE}ALTER TABLE p DETACH PARTITION p1;`,
      says: /detaches p1 from p: every row of refers, which refers to it, is looked at while nobody reads or writes either/,
      fix: /ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY;/,
    },
    { history: REFERRED, sql: "ALTER TABLE IF EXISTS public.p DETACH PARTITION public.p1;", manner: "plain" },
    {
      history: `${P} CREATE TABLE rest PARTITION OF p DEFAULT;`,
      sql: "ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY;",
      says: /CONCURRENTLY, which PostgreSQL refuses while there is a default partition: rest/,
      manner: "plain",
    },
    { history: REFERRED, sql: "DO $$ BEGIN ALTER TABLE p DETACH PARTITION p1; END $$;", says: /in the DO block/ },
  ],
  safe: [
    { history: P, sql: `${RELEASE}ALTER TABLE p DETACH PARTITION p1;` },
    { history: REFERRED, sql: "ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY;", manner: "plain" },
    { sql: `${REFERRED} ALTER TABLE p DETACH PARTITION p1;` },
  ],
};
