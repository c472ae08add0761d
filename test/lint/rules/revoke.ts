import type { RuleRows } from "../rule-rows.js";

const SHOP =
  "CREATE ROLE shop; CREATE ROLE readers; GRANT readers TO shop; CREATE SCHEMA app; CREATE TABLE users (id int); GRANT ALL ON users TO shop; CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1';";

export const rows: RuleRows = {
  rule: "revoke",
  unsafe: [
    {
      history: SHOP,
      sql: "REVOKE SELECT, UPDATE ON users FROM shop;",
      says: /revokes SELECT, UPDATE on users from shop/,
      fix: /@phase contract/,
    },
    {
      history: SHOP,
      sql: "revoke all privileges on all tables in schema public from shop",
      says: /ALL on all of schema public/,
    },
    { history: SHOP, sql: "REVOKE USAGE ON SCHEMA app FROM shop;" },
    { history: SHOP, sql: "REVOKE ALL ON FUNCTION one() FROM PUBLIC;", says: /from PUBLIC/ },
    { history: SHOP, sql: "REVOKE readers FROM shop;", says: /membership in readers from shop/ },
    { history: SHOP, sql: "DO $$ BEGIN EXECUTE 'REVOKE SELECT ON users FROM shop'; END $$;", manner: "plain" },
  ],
  safe: [
    { history: SHOP, sql: "GRANT SELECT ON users TO shop;" },
    {
      history: SHOP,
      sql: "CREATE FUNCTION two() RETURNS int LANGUAGE sql AS 'SELECT 2'; REVOKE ALL ON FUNCTION two() FROM PUBLIC;",
    },
    { history: SHOP, sql: "CREATE TABLE boxes (id int); REVOKE ALL ON boxes FROM PUBLIC;" },
    { history: SHOP, sql: "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;" },
    { history: SHOP, sql: "-- @phase contract\n-- @closes 0001\nREVOKE SELECT ON users FROM shop;" },
  ],
};
