import type { RuleRows } from "../rule-rows.js";

const SHOP = `CREATE TABLE users (id int PRIMARY KEY, email text UNIQUE, name text NOT NULL, CONSTRAINT positive CHECK (id > 0), CONSTRAINT has_name CHECK (name IS NOT NULL));
  CREATE TABLE orders (user_id int REFERENCES users); CREATE DOMAIN label AS text CONSTRAINT short CHECK (length(VALUE) < 9);`;

export const rows: RuleRows = {
  rule: "drop-constraint",
  unsafe: [
    {
      history: SHOP,
      sql: "ALTER TABLE users DROP CONSTRAINT users_email_key;",
      says: /drops constraint users\.users_email_key \(unique\): ON CONFLICT \(email\) of the release/,
      fix: /@phase contract/,
    },
    { history: SHOP, sql: "ALTER TABLE users DROP CONSTRAINT users_email_key;", manner: "plain" },
    {
      history: SHOP,
      sql: "alter table if exists public.users drop constraint if exists positive",
      says: /\(check\): rows it kept out/,
    },
    { history: SHOP, sql: "ALTER TABLE orders DROP CONSTRAINT orders_user_id_fkey;", says: /foreign key/ },
    {
      history: "CREATE TABLE people AS SELECT 1 AS id;",
      sql: "ALTER TABLE people DROP CONSTRAINT IF EXISTS strange;",
      says: /whose kind no file shows/,
    },
    { history: SHOP, sql: "ALTER DOMAIN label DROP CONSTRAINT short;", says: /constraint short of domain label/ },
    { history: SHOP, sql: "DO $$ BEGIN ALTER TABLE users DROP CONSTRAINT positive; END $$;" },
  ],
  safe: [
    { history: SHOP, sql: "ALTER TABLE users DROP CONSTRAINT IF EXISTS never_was;" },
    { history: SHOP, sql: "ALTER TABLE users DROP CONSTRAINT has_name;" },
    {
      history: SHOP,
      sql: "ALTER TABLE users ADD CONSTRAINT c CHECK (id < 9) NOT VALID; ALTER TABLE users DROP CONSTRAINT c;",
    },
    { sql: `${SHOP} ALTER TABLE users DROP CONSTRAINT positive;` },
    {
      history: [
        `${SHOP} ALTER TABLE orders DROP CONSTRAINT orders_user_id_fkey;`,
        "CREATE UNIQUE INDEX CONCURRENTLY new_key ON users (id);",
      ],
      sql: "ALTER TABLE users DROP CONSTRAINT users_pkey, ADD CONSTRAINT users_pkey PRIMARY KEY USING INDEX new_key;",
    },
    { history: SHOP, sql: "-- @phase contract\n-- @closes 0001\nALTER TABLE users DROP CONSTRAINT positive;" },
  ],
};
