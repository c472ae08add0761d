import type { RuleRows } from "../rule-rows.js";

const LONG = "a".repeat(64);

export const rows: RuleRows = {
  rule: "identifier-too-long",
  unproven: "PostgreSQL answers with a notice, and cuts the name off",
  unsafe: [
    { sql: `CREATE TABLE ${LONG} (id int);`, says: /longer than 63 bytes/, fix: /would take a{63}$/ },
    { sql: `CREATE TABLE t (id int, "${"ä".repeat(32)}" int);` },
    { history: "CREATE TABLE t (id int);", sql: `ALTER TABLE t ADD CONSTRAINT ${LONG} CHECK (id > 0) NOT VALID;` },
    { history: "CREATE TABLE t (id int);", sql: `CREATE INDEX CONCURRENTLY ${LONG} ON t (id);` },
  ],
  safe: [
    { sql: `CREATE TABLE ${"a".repeat(63)} (id int);` },
    { sql: `CREATE TABLE t (id text DEFAULT '${LONG}');` },
    { sql: `CREATE TABLE t (id int); -- ${LONG}` },
    { sql: `CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT '${LONG}' $$;` },
  ],
};
