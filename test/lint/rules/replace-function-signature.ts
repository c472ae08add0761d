import type { RuleRows } from "../rule-rows.js";

const ONE =
  "CREATE FUNCTION one(a int) RETURNS int LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT 1';";

export const rows: RuleRows = {
  rule: "replace-function-signature",
  unsafe: [
    {
      history: "CREATE FUNCTION two(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';",
      sql: "CREATE OR REPLACE FUNCTION two(a int) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint';",
      says: /lets two\(int4\) return int8 instead of int4: it fails/,
    },
    {
      history: "CREATE FUNCTION two(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';",
      sql: "CREATE OR REPLACE FUNCTION two(b int) RETURNS int LANGUAGE sql AS 'SELECT 1';",
      says: /argument a of two\(int4\) another name/,
    },
    {
      history: ONE,
      sql: "DROP FUNCTION one(int); CREATE FUNCTION one(a int, b int) RETURNS int LANGUAGE sql AS 'SELECT 1';",
      says: /takes one\(int4\) away for one with other arguments/,
      fix: /drop one\(int4\) in a contract/,
    },
    {
      history: ONE,
      sql: "DROP FUNCTION IF EXISTS public.one; CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1';",
    },
    {
      history: ONE,
      sql: "CREATE OR REPLACE FUNCTION one(a int) RETURNS int LANGUAGE sql STABLE AS 'SELECT 2';",
      says: /lets one\(int4\) run with its caller's rights/,
    },
    { history: ONE, sql: "ALTER FUNCTION one(int) SECURITY INVOKER;", says: /caller's rights/ },
    {
      history: ONE,
      sql: "CREATE OR REPLACE FUNCTION one(a int) RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT 2';",
      says: /makes one\(int4\) volatile, which was stable/,
    },
    { history: ONE, sql: "ALTER FUNCTION one IMMUTABLE;", says: /makes one\(int4\) immutable/, manner: "plain" },
  ],
  safe: [
    {
      history: "CREATE FUNCTION two(int) RETURNS int LANGUAGE sql AS 'SELECT 1';",
      sql: "CREATE OR REPLACE FUNCTION two(a integer) RETURNS integer LANGUAGE sql AS 'SELECT 2';",
    },
    {
      history: ONE,
      sql: "CREATE OR REPLACE FUNCTION one(a int) RETURNS int LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT 2';",
    },
    { history: ONE, sql: "CREATE FUNCTION one(a int, b int) RETURNS int LANGUAGE sql AS 'SELECT 1';" },
    {
      sql: `${ONE} ALTER FUNCTION one(int) SECURITY INVOKER VOLATILE; DROP FUNCTION one(int); CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1';`,
    },
    { history: ONE, sql: "ALTER FUNCTION one(int) STABLE;" },
  ],
};
