import type { RuleRows } from "../rule-rows.js";

const BODY = "LANGUAGE sql AS 'SELECT 1'";

export const rows: RuleRows = {
  rule: "security-definer-search-path",
  unproven: "it takes somebody who plants an object",
  unsafe: [
    {
      sql: `CREATE FUNCTION app_login(name text) RETURNS int SECURITY DEFINER ${BODY};`,
      says: /lets app_login run as its owner with the caller's search_path/,
      fix: /SET search_path = pg_catalog, pg_temp/,
    },
    { sql: `CREATE OR REPLACE FUNCTION public."F"() RETURNS int ${BODY} security definer set work_mem = '8MB';` },
    { history: `CREATE FUNCTION f() RETURNS int ${BODY};`, sql: "ALTER FUNCTION f() SECURITY DEFINER;" },
    { sql: "CREATE PROCEDURE p() SECURITY DEFINER LANGUAGE plpgsql AS $$ BEGIN NULL; END $$;" },
  ],
  safe: [
    { sql: `CREATE FUNCTION f() RETURNS int SECURITY DEFINER SET search_path = pg_catalog, pg_temp ${BODY};` },
    { sql: `CREATE FUNCTION f() RETURNS int SECURITY INVOKER ${BODY};` },
    { sql: `CREATE FUNCTION f() RETURNS int ${BODY};` },
    {
      history: `CREATE FUNCTION f() RETURNS int ${BODY};`,
      sql: "ALTER FUNCTION f() SECURITY DEFINER SET search_path = pg_catalog;",
    },
  ],
};
