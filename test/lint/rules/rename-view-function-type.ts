import type { RuleRows } from "../rule-rows.js";

const SHOP = `CREATE TABLE users (id int PRIMARY KEY, CONSTRAINT positive CHECK (id > 0)); CREATE VIEW people AS SELECT id FROM users; CREATE SCHEMA app;
  CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TYPE mood AS ENUM ('good'); CREATE SEQUENCE numbers; CREATE ROLE loader;`;

export const rows: RuleRows = {
  rule: "rename-view-function-type",
  unsafe: [
    {
      history: SHOP,
      sql: "ALTER VIEW people RENAME TO persons;",
      says: /renames view people: what of the release/,
      fix: /beside view people/,
    },
    { history: SHOP, sql: "ALTER VIEW people RENAME COLUMN id TO user_id;", says: /renames column people\.id/ },
    { history: SHOP, sql: "ALTER TABLE people RENAME TO persons;", says: /people/ },
    { history: SHOP, sql: "ALTER FUNCTION one() RENAME TO first_one;", says: /function one/ },
    { history: SHOP, sql: "ALTER FUNCTION public.one SET SCHEMA app;", says: /moves function one/ },
    { history: SHOP, sql: "ALTER TYPE mood RENAME TO humour;", says: /type mood/ },
    { history: SHOP, sql: "ALTER SEQUENCE numbers RENAME TO counts;", says: /sequence numbers/ },
    {
      history: SHOP,
      sql: "ALTER TABLE users RENAME CONSTRAINT positive TO above_zero;",
      says: /constraint users\.positive/,
    },
    { history: SHOP, sql: "ALTER ROLE loader RENAME TO importer;", says: /role loader/ },
    { history: SHOP, sql: "DO $$ BEGIN ALTER VIEW people RENAME TO persons; END $$;", manner: "plain" },
  ],
  safe: [
    {
      sql: `${SHOP} ALTER VIEW people RENAME TO persons; ALTER FUNCTION one() RENAME TO first_one; ALTER TYPE mood RENAME TO humour;`,
    },
    {
      sql: `${SHOP} ALTER SEQUENCE numbers RENAME TO counts; ALTER TABLE users RENAME CONSTRAINT positive TO above_zero;`,
    },
    { history: `${SHOP} CREATE INDEX by_id ON users (id);`, sql: "ALTER INDEX by_id RENAME TO users_by_id;" },
    {
      history: SHOP,
      sql: "CREATE FUNCTION one(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'; ALTER FUNCTION one(int) RENAME TO two;",
    },
    { history: SHOP, sql: "-- @phase contract\n-- @closes 0001\nALTER VIEW people RENAME TO persons;" },
  ],
};
