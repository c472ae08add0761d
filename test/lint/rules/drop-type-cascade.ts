import type { RuleRows } from "../rule-rows.js";

const MOOD = "CREATE TYPE mood AS ENUM ('good', 'bad'); CREATE TABLE days (at date, mood mood);";

export const rows: RuleRows = {
  rule: "drop-type-cascade",
  unsafe: [
    { history: MOOD, sql: "DROP TYPE mood CASCADE;", says: /drops type mood with CASCADE: every column of that type/ },
    {
      history: "CREATE DOMAIN label AS text; CREATE TABLE boxes (name label);",
      sql: "DROP DOMAIN IF EXISTS public.label CASCADE;",
      says: /drops domain label/,
    },
    {
      history: "CREATE EXTENSION hstore; CREATE TABLE boxes (name text, facts hstore);",
      sql: "DROP EXTENSION hstore CASCADE;",
      says: /extension hstore/,
    },
    { history: MOOD, sql: "DO $$ BEGIN EXECUTE 'DROP TYPE mood CASCADE'; END $$;" },
  ],
  safe: [
    { sql: "CREATE TYPE mood AS ENUM ('good'); DROP TYPE mood CASCADE;" },
    { history: "CREATE TYPE mood AS ENUM ('good');", sql: "DROP TYPE mood;" },
    { history: MOOD, sql: "-- @phase contract\n-- @closes 0001\nDROP TYPE mood CASCADE;" },
  ],
};
