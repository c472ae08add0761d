import type { RuleRows } from "../rule-rows.js";

const SHOP = `CREATE TABLE users (id int); CREATE VIEW people AS SELECT id FROM users; CREATE MATERIALIZED VIEW counts AS SELECT count(*) FROM users; CREATE SEQUENCE numbers;
  CREATE FUNCTION one(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE PROCEDURE act() LANGUAGE sql AS 'SELECT 1';`;

export const rows: RuleRows = {
  rule: "drop-view-function",
  unsafe: [
    { history: SHOP, sql: "DROP VIEW IF EXISTS people; CREATE VIEW people AS SELECT 1 AS number;" },
    {
      history: `${SHOP} CREATE ROLE shop; GRANT SELECT ON people TO shop;`,
      sql: "DROP VIEW people; CREATE VIEW people AS SELECT id FROM users;",
    },
    { history: SHOP, sql: "DROP VIEW people; CREATE VIEW people AS SELECT id FROM users;", manner: "plain" },
    {
      history: SHOP,
      sql: "DROP FUNCTION one(int); CREATE FUNCTION one(a int) RETURNS text LANGUAGE sql AS 'SELECT 2';",
    },
    { history: SHOP, sql: "DROP VIEW people;", says: /drops view people: what of the release/, fix: /@phase contract/ },
    { history: SHOP, sql: "DROP MATERIALIZED VIEW IF EXISTS public.counts;", says: /materialized view counts/ },
    { history: SHOP, sql: "DROP FUNCTION one(int);", says: /function one/ },
    { history: SHOP, sql: "drop function one", says: /function one/ },
    { history: SHOP, sql: "DROP PROCEDURE act;", says: /procedure act/ },
    { history: SHOP, sql: "DROP SEQUENCE numbers;", says: /sequence numbers/ },
    {
      history: SHOP,
      sql: "CREATE FUNCTION one(a text) RETURNS int LANGUAGE sql AS 'SELECT 2'; DROP FUNCTION one(int);",
    },
    { history: SHOP, sql: "CREATE OR REPLACE VIEW people AS SELECT id FROM users; DROP VIEW people;" },
    { history: SHOP, sql: "DO $$ BEGIN EXECUTE 'DROP VIEW ' || 'people'; END $$;", manner: "plain" },
  ],
  safe: [
    { history: SHOP, sql: "DROP VIEW people; CREATE VIEW people AS SELECT 'x' AS name, id FROM users;" },
    {
      history: SHOP,
      sql: "DROP FUNCTION one(int); CREATE FUNCTION one(a int) RETURNS int LANGUAGE sql AS 'SELECT 2';",
    },
    {
      history: `${SHOP} CREATE ROLE shop; GRANT SELECT ON people TO shop;`,
      sql: "BEGIN; DROP VIEW people; CREATE VIEW people AS SELECT id FROM users; GRANT SELECT ON people TO shop; COMMIT;",
      manner: "plain",
    },
    { sql: "DROP FUNCTION IF EXISTS fresh(int); CREATE FUNCTION fresh(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';" },
    { history: SHOP, sql: "DROP VIEW IF EXISTS public.fresh; CREATE VIEW fresh AS SELECT 1;", manner: "plain" },
    { sql: `${SHOP} DROP VIEW people; DROP MATERIALIZED VIEW counts; DROP SEQUENCE numbers; DROP FUNCTION one(int);` },
    {
      history: SHOP,
      sql: "CREATE FUNCTION one(a text) RETURNS int LANGUAGE sql AS 'SELECT 2'; DROP FUNCTION one(text);",
    },
    { history: SHOP, sql: "-- @phase contract\n-- @closes 0001\nDROP VIEW people;" },
    { history: SHOP, sql: "CREATE OR REPLACE VIEW people AS SELECT id FROM users;" },
  ],
};
