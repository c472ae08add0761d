import type { RuleRows } from "../rule-rows.js";

const PAIR = "CREATE TYPE pair AS (a int, b text);";
const TYPED = `${PAIR} CREATE TABLE pairs OF pair;`;

export const rows: RuleRows = {
  rule: "composite-attribute",
  unsafe: [
    {
      history: TYPED,
      sql: "ALTER TYPE pair ALTER ATTRIBUTE a TYPE bigint CASCADE;",
      says: /changes the type of the attribute pair\.a: pairs is written anew while nobody reads or writes/,
      fix: /new type beside pair/,
    },
    {
      history: TYPED,
      sql: "ALTER TYPE public.pair ADD ATTRIBUTE c int CASCADE, ALTER ATTRIBUTE a SET DATA TYPE bigint CASCADE;",
    },
    {
      history: TYPED,
      sql: "ALTER TYPE pair ALTER ATTRIBUTE a TYPE bigint;",
      says: /without CASCADE: PostgreSQL refuses that/,
    },
    {
      history: `${PAIR} CREATE TABLE t (p pair);`,
      sql: "ALTER TYPE pair ALTER ATTRIBUTE a TYPE bigint CASCADE;",
      says: /which a column of t holds: PostgreSQL refuses that/,
    },
    {
      history: TYPED,
      sql: "DO $$ BEGIN ALTER TYPE pair ALTER ATTRIBUTE a TYPE bigint CASCADE; END $$;",
      says: /in the DO block/,
    },
  ],
  safe: [
    { history: PAIR, sql: "ALTER TYPE pair ALTER ATTRIBUTE a TYPE bigint CASCADE;" },
    { history: `${PAIR} CREATE TABLE t (n int);`, sql: "ALTER TYPE pair ALTER ATTRIBUTE a TYPE bigint;" },
    { history: TYPED, sql: "ALTER TYPE pair ADD ATTRIBUTE c int CASCADE;" },
    { sql: `${TYPED} ALTER TYPE pair ALTER ATTRIBUTE a TYPE bigint CASCADE;` },
  ],
};
