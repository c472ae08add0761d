import type { RuleRows } from "../rule-rows.js";

const SHOP =
  "CREATE TABLE users (id int PRIMARY KEY, name text); CREATE VIEW names AS SELECT name FROM users; CREATE TABLE orders (user_id int REFERENCES users);";

export const rows: RuleRows = {
  rule: "drop-cascade",
  unsafe: [
    {
      history:
        "CREATE SCHEMA holdfast_scratch; CREATE TABLE holdfast_scratch.list (id int); CREATE VIEW seen AS SELECT * FROM holdfast_scratch.list;",
      sql: "DROP TABLE holdfast_scratch.list CASCADE;",
    },
    {
      history: `${SHOP} CREATE VIEW short_names AS SELECT name FROM names;`,
      sql: "DROP VIEW names CASCADE;",
      says: /drops view names with CASCADE: whatever depends on it goes/,
      fix: /DROP VIEW names;/,
    },
    { history: SHOP, sql: "ALTER TABLE users DROP COLUMN name CASCADE;", says: /column users\.name/ },
    {
      history: SHOP,
      sql: "alter table users drop constraint users_pkey cascade",
      says: /constraint users\.users_pkey/,
    },
    { history: SHOP, sql: "DROP TABLE IF EXISTS users CASCADE;", says: /table users/ },
    {
      history:
        "CREATE TABLE users (id int); CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER t BEFORE UPDATE ON users EXECUTE FUNCTION touch();",
      sql: "DROP FUNCTION touch() CASCADE;",
      says: /function touch/,
    },
    { history: SHOP, sql: "-- @phase contract\n-- @closes 0001\nDROP TABLE users CASCADE;" },
    { history: SHOP, sql: "DROP VIEW names CASCADE;", manner: "plain" },
  ],
  safe: [
    { sql: "CREATE SCHEMA scratch; CREATE TABLE scratch.list (id int); DROP SCHEMA scratch CASCADE;" },
    { history: SHOP, sql: "DROP VIEW names;" },
    { history: SHOP, sql: "DROP VIEW names RESTRICT;" },
    { sql: `${SHOP} DROP TABLE users CASCADE;` },
    { sql: `${SHOP} ALTER TABLE users DROP name CASCADE;` },
    { sql: "CREATE VIEW one AS SELECT 1; DROP VIEW one CASCADE;" },
  ],
};
