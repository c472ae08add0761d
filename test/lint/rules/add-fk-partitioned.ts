import type { RuleRows } from "../rule-rows.js";

const PARTS =
  "CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE p (id int, k int) PARTITION BY RANGE (k); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (9);";

export const rows: RuleRows = {
  rule: "add-fk-partitioned",
  unproven: "PostgreSQL 18, which the tests run, takes the statement",
  unsafe: [
    {
      history: PARTS,
      sql: "ALTER TABLE p ADD FOREIGN KEY (id) REFERENCES users NOT VALID;",
      says: /partitioned table p: PostgreSQL 17 refuses that/,
      fix: /each partition/,
    },
    {
      history: PARTS,
      sql: "ALTER TABLE public.p ADD n int, ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES users NOT VALID;",
      server: 15,
    },
    {
      history: "CREATE TABLE users (id int PRIMARY KEY);",
      sql: "CREATE TABLE p (id int) PARTITION BY LIST (id); ALTER TABLE p ADD FOREIGN KEY (id) REFERENCES users NOT VALID;",
    },
  ],
  safe: [
    { history: PARTS, sql: "ALTER TABLE p ADD FOREIGN KEY (id) REFERENCES users NOT VALID;", server: 18 },
    { history: PARTS, sql: "ALTER TABLE p1 ADD FOREIGN KEY (id) REFERENCES users NOT VALID;" },
    { history: PARTS, sql: "ALTER TABLE p ADD CHECK (id > 0) NOT VALID;" },
  ],
};
