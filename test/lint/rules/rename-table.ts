import type { RuleRows } from "../rule-rows.js";

const USERS = "CREATE TABLE users (id int PRIMARY KEY); CREATE SCHEMA app;";
const GRANTED = `${USERS} CREATE ROLE shop; GRANT SELECT, INSERT ON users TO shop;`;

export const rows: RuleRows = {
  rule: "rename-table",
  unsafe: [
    {
      history: "CREATE TABLE papers (id int, body text);",
      sql: "ALTER TABLE papers RENAME TO sheets; CREATE VIEW papers AS SELECT id FROM sheets;",
    },
    {
      history: USERS,
      sql: "ALTER TABLE users RENAME TO people;",
      says: /renames table users: every statement of the release still running/,
      fix: /CREATE VIEW users AS SELECT \* FROM people;/,
    },
    {
      history: USERS,
      sql: "alter table if exists public.users set schema app;",
      says: /moves table users/,
      fix: /FROM app\.users/,
    },
    {
      history: USERS,
      sql: "ALTER TABLE users RENAME TO people; CREATE VIEW users AS SELECT * FROM people;",
      manner: "plain",
    },
    {
      history: GRANTED,
      sql: "ALTER TABLE users RENAME TO people; CREATE VIEW users AS SELECT * FROM people;",
      says: /nobody has rights on the view/,
    },
    { history: USERS, sql: "ALTER TABLE users RENAME TO people; CREATE VIEW users AS SELECT 1 AS id;" },
    { history: USERS, sql: "DO $$ BEGIN EXECUTE 'ALTER TABLE users RENAME TO people'; END $$;", says: /DO block/ },
    { history: USERS, sql: "ALTER TABLE users RENAME TO users_old; CREATE TABLE users (id bigint);" },
  ],
  safe: [
    { history: USERS, sql: "ALTER TABLE users RENAME TO people; CREATE VIEW users AS SELECT * FROM people;" },
    {
      history: GRANTED,
      sql: "ALTER TABLE users RENAME TO people; CREATE VIEW users AS SELECT * FROM people; GRANT SELECT, INSERT ON users TO shop;",
    },
    {
      history: USERS,
      sql: "BEGIN; ALTER TABLE users RENAME TO people; CREATE VIEW users AS SELECT * FROM people; COMMIT;",
      manner: "plain",
    },
    { sql: `${USERS} ALTER TABLE users RENAME TO people; ALTER TABLE people SET SCHEMA app;` },
    { history: USERS, sql: "-- @phase contract\n-- @closes 0001\nALTER TABLE users RENAME TO people;" },
    { history: `${USERS} CREATE INDEX by_id ON users (id);`, sql: "ALTER INDEX by_id RENAME TO users_by_id;" },
    { history: `${USERS} CREATE INDEX by_id ON users (id);`, sql: "ALTER TABLE by_id RENAME TO users_by_id;" },
  ],
};
