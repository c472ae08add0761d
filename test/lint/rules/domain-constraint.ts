import type { RuleRows } from "../rule-rows.js";

const USED = "CREATE DOMAIN mail AS text; CREATE TABLE users (id int, mail mail); CREATE TABLE teams (mails mail);";

export const rows: RuleRows = {
  rule: "domain-constraint",
  unsafe: [
    {
      history: USED,
      sql: "ALTER DOMAIN mail ADD CONSTRAINT at_sign CHECK (VALUE LIKE '%@%');",
      says: /adds a condition of the domain mail: every row of users, teams is read while writes wait/,
      fix: /ALTER DOMAIN mail ADD CONSTRAINT at_sign CHECK \(VALUE LIKE '%@%'\) NOT VALID;/,
    },
    { history: USED, sql: "ALTER DOMAIN public.mail SET NOT NULL;", says: /makes values NOT NULL of the domain mail/ },
    { history: USED, sql: "ALTER DOMAIN mail ADD CONSTRAINT given NOT NULL;" },
    {
      history: `${USED} ALTER DOMAIN mail ADD CONSTRAINT c CHECK (VALUE <> '') NOT VALID;`,
      sql: "-- @phase switch\nALTER DOMAIN mail VALIDATE CONSTRAINT c;",
      says: /validates the condition c/,
    },
    {
      history: "CREATE DOMAIN a AS int; CREATE DOMAIN b AS a; CREATE TABLE t (n b);",
      sql: "ALTER DOMAIN a ADD CHECK (VALUE > 0);",
      says: /every row of t/,
    },
    { history: USED, sql: "DO $$ BEGIN ALTER DOMAIN mail SET NOT NULL; END $$;", says: /in the DO block/ },
    { history: USED, sql: "ALTER DOMAIN mail ADD CHECK (VALUE <> '');", manner: "plain" },
    {
      history: ["CREATE DOMAIN mail AS text;", "CREATE TABLE copies AS SELECT ''::mail AS m;"],
      sql: "ALTER DOMAIN mail SET NOT NULL;",
      says: /every table that has it, which no file shows/,
    },
  ],
  safe: [
    { history: USED, sql: "ALTER DOMAIN mail ADD CONSTRAINT c CHECK (VALUE <> '') NOT VALID;" },
    { history: USED, sql: "ALTER DOMAIN mail SET DEFAULT '';" },
    { history: "CREATE DOMAIN mail AS text; CREATE TABLE users (id int);", sql: "ALTER DOMAIN mail SET NOT NULL;" },
    { sql: `${USED} ALTER DOMAIN mail SET NOT NULL;` },
    {
      history: "CREATE TABLE copies AS SELECT 1 AS n;",
      sql: "CREATE DOMAIN mail AS text; ALTER DOMAIN mail ADD CHECK (VALUE <> '');",
    },
    { sql: "CREATE DOMAIN mail AS text CHECK (VALUE <> '');" },
  ],
};
