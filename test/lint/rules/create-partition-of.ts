import type { RuleRows } from "../rule-rows.js";

const P = "CREATE TABLE p (id int, k int) PARTITION BY RANGE (k);";
const REST = `${P} CREATE TABLE rest PARTITION OF p DEFAULT;`;
const NEXT = "CREATE TABLE next PARTITION OF p FOR VALUES FROM (10) TO (20);";

export const rows: RuleRows = {
  rule: "create-partition-of",
  unsafe: [
    {
      history: REST,
      sql: NEXT,
      says: /makes the partition next of p: every row of the default partition rest is read while nobody reads or writes p/,
      fix: /CHECK \(NOT \(k IS NOT NULL AND k >= 10 AND k < 20\)\) NOT VALID/,
    },
    {
      history: REST,
      sql: "CREATE TABLE IF NOT EXISTS public.next PARTITION OF public.p FOR VALUES FROM (10) TO (MAXVALUE);",
    },
    { history: `${REST} ALTER TABLE rest ADD CHECK (k < 10 OR k >= 15);`, sql: NEXT },
    { history: `${REST} ALTER TABLE rest ADD CONSTRAINT c CHECK (k >= 20) NOT VALID;`, sql: NEXT },
    { history: REST, sql: `DO $$ BEGIN ${NEXT} END $$;`, says: /in the DO block/ },
    { history: REST, sql: NEXT, manner: "plain" },
    {
      history: `${REST} CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;`,
      sql: "CREATE FOREIGN TABLE next PARTITION OF p FOR VALUES FROM (10) TO (20) SERVER s;",
    },
  ],
  safe: [
    { history: P, sql: NEXT },
    { history: P, sql: "CREATE TABLE rest PARTITION OF p DEFAULT;" },
    { history: `${REST} ALTER TABLE rest ADD CHECK (k >= 20 OR k < 0);`, sql: NEXT },
    { sql: `${REST} ${NEXT}` },
    {
      history: P,
      sql: "CREATE TABLE next (LIKE p INCLUDING ALL); ALTER TABLE p ATTACH PARTITION next FOR VALUES FROM (10) TO (20);",
    },
  ],
};
