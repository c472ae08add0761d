import type { RuleRows } from "../rule-rows.js";

const RANGE = "CREATE TABLE p (id int, k int) PARTITION BY RANGE (k); CREATE TABLE n (id int, k int);";
const LIST = "CREATE TABLE p (id int, k text) PARTITION BY LIST (k); CREATE TABLE n (id int, k text NOT NULL);";
const ATTACH = "ALTER TABLE p ATTACH PARTITION n FOR VALUES FROM (10) TO (20);";
const REST = `${RANGE} CREATE TABLE rest PARTITION OF p DEFAULT;`;
const WITHIN = "ALTER TABLE n ADD CHECK (k IS NOT NULL AND k >= 10 AND k < 20);";

export const rows: RuleRows = {
  rule: "attach-partition-scan",
  unsafe: [
    {
      history: RANGE,
      sql: ATTACH,
      says: /attaches n to p: every row of n is read while nobody reads or writes it/,
      fix: /ADD CONSTRAINT n_within CHECK \(k IS NOT NULL AND k >= 10 AND k < 20\) NOT VALID;\n.*\nALTER TABLE n VALIDATE/,
    },
    { history: `${RANGE} ALTER TABLE n ADD CHECK (k >= 10 AND k < 20);`, sql: ATTACH },
    { history: `${RANGE} ALTER TABLE n ADD CHECK (k IS NOT NULL AND k >= 5 AND k < 20);`, sql: ATTACH },
    { history: `${RANGE} ALTER TABLE n ADD CHECK (k IS NOT NULL AND k BETWEEN 10 AND 20);`, sql: ATTACH },
    {
      history: `${RANGE} ALTER TABLE n ADD CONSTRAINT c CHECK (k IS NOT NULL AND k >= 10 AND k < 20) NOT VALID;`,
      sql: "ALTER TABLE public.p ATTACH PARTITION public.n FOR VALUES FROM (10) TO (20);",
    },
    { history: LIST, sql: "ALTER TABLE p ATTACH PARTITION n FOR VALUES IN ('a');", fix: /k IN \('a'\)/ },
    {
      history: `${LIST} ALTER TABLE n ADD CHECK (k IN ('a', 'b'));`,
      sql: "ALTER TABLE p ATTACH PARTITION n FOR VALUES IN ('a');",
    },
    {
      history: `${REST} ${WITHIN}`,
      sql: ATTACH,
      says: /every row of the default partition rest is read/,
      fix: /ADD CONSTRAINT rest_outside CHECK \(NOT \(k IS NOT NULL AND k >= 10 AND k < 20\)\) NOT VALID/,
    },
    { history: `${REST} ALTER TABLE rest ADD CHECK (k < 10 OR k > 15); ${WITHIN}`, sql: ATTACH },
    { history: REST, sql: ATTACH, times: 2 },
    {
      history: REST,
      sql: "CREATE TABLE m (LIKE p); ALTER TABLE p ATTACH PARTITION m FOR VALUES FROM (10) TO (20);",
      says: /rest/,
    },
    {
      history: `${RANGE} CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (9);`,
      sql: "ALTER TABLE p ATTACH PARTITION n DEFAULT;",
    },
    {
      history:
        "CREATE TABLE p (id int, a int, b int) PARTITION BY RANGE (a, b); CREATE TABLE n (id int, a int, b int);",
      sql: "ALTER TABLE p ATTACH PARTITION n FOR VALUES FROM (1, 1) TO (2, 2);",
    },
    { history: RANGE, sql: `DO $$ BEGIN ${ATTACH} END $$;`, says: /in the DO block/ },
    { history: RANGE, sql: ATTACH, manner: "plain" },
  ],
  safe: [
    { history: `${RANGE} ${WITHIN}`, sql: ATTACH },
    {
      history: [
        `${RANGE} ALTER TABLE n ADD CONSTRAINT c CHECK (k IS NOT NULL AND k >= 12 AND 15 > k) NOT VALID;`,
        "-- @phase switch\nALTER TABLE n VALIDATE CONSTRAINT c;",
      ],
      sql: ATTACH,
    },
    { history: `${RANGE} ALTER TABLE n ALTER k SET NOT NULL, ADD CHECK (k BETWEEN 10 AND 19);`, sql: ATTACH },
    {
      history: `${RANGE} ALTER TABLE n ADD CHECK (k IS NOT NULL AND k < 20);`,
      sql: "ALTER TABLE p ATTACH PARTITION n FOR VALUES FROM (MINVALUE) TO (20);",
    },
    {
      history: `${LIST} ALTER TABLE n ADD CHECK (k IN ('a', 'b'));`,
      sql: "ALTER TABLE p ATTACH PARTITION n FOR VALUES IN ('a', 'b', 'c');",
    },
    {
      history: `${LIST} ALTER TABLE n ADD CHECK (k = 'a'::text);`,
      sql: "ALTER TABLE p ATTACH PARTITION n FOR VALUES IN ('a');",
    },
    {
      history:
        "CREATE TABLE p (d date) PARTITION BY RANGE (d); CREATE TABLE n (d date NOT NULL CHECK (d >= '2026-01-01' AND d < '2026-02-01'));",
      sql: "ALTER TABLE p ATTACH PARTITION n FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');",
    },
    {
      history: `${REST} ${WITHIN} ALTER TABLE rest ADD CHECK (NOT (k IS NOT NULL AND k >= 10 AND k < 20));`,
      sql: ATTACH,
    },
    { history: `${REST} ${WITHIN} ALTER TABLE rest ADD CHECK (k < 10 OR k >= 20);`, sql: ATTACH },
    {
      history: RANGE,
      sql: "CREATE TABLE m (LIKE p INCLUDING ALL); ALTER TABLE p ATTACH PARTITION m FOR VALUES FROM (1) TO (2);",
    },
    { history: RANGE, sql: "ALTER TABLE p ATTACH PARTITION n DEFAULT;" },
    {
      history:
        "CREATE TABLE p (k int) PARTITION BY LIST (k); CREATE TABLE a PARTITION OF p FOR VALUES IN (1); CREATE INDEX i ON ONLY p (k); CREATE INDEX j ON a (k);",
      sql: "ALTER INDEX i ATTACH PARTITION j;",
    },
  ],
};
