import type { RuleRows } from "../rule-rows.js";

const USERS = "CREATE TABLE users (id int PRIMARY KEY, name text); INSERT INTO users VALUES (1, 'a');";

export const rows: RuleRows = {
  rule: "add-required-column",
  unsafe: [
    {
      history: USERS,
      sql: "ALTER TABLE users ADD COLUMN region text NOT NULL;",
      says: /adds users\.region NOT NULL without a default: it fails where the table has rows/,
      fix: /ADD COLUMN region text;/,
    },
    {
      history: USERS,
      sql: 'alter table if exists only public.users add a int, add "Size" numeric(8,2) not null;',
      fix: /ADD COLUMN "Size" numeric\(8, 2\);/,
    },
    { history: USERS, sql: "ALTER TABLE users ADD region text NOT NULL DEFAULT NULL;" },
    { history: USERS, sql: "DO $$ BEGIN ALTER TABLE users ADD region text NOT NULL; END $$;", says: /DO block/ },
    {
      history: USERS,
      sql: "ALTER TABLE users ADD region text; ALTER TABLE users ADD CONSTRAINT has_region CHECK (region IS NOT NULL) NOT VALID;",
      says: /makes users\.region required, which this file adds/,
    },
    {
      history: USERS,
      sql: "ALTER TABLE users ADD region text; UPDATE users SET region = 'eu' WHERE region IS NULL; ALTER TABLE users ALTER region SET NOT NULL;",
      manner: "plain",
    },
  ],
  safe: [
    { history: USERS, sql: "ALTER TABLE users ADD COLUMN region text NOT NULL DEFAULT 'eu';" },
    { history: USERS, sql: "ALTER TABLE users ADD COLUMN region text;" },
    {
      history: USERS,
      sql: "ALTER TABLE users ADD number int GENERATED ALWAYS AS IDENTITY, ADD twice int NOT NULL GENERATED ALWAYS AS (id * 2) STORED;",
    },
    { history: USERS, sql: "ALTER TABLE users ADD number serial NOT NULL;" },
    { sql: "CREATE TABLE boxes (id int); ALTER TABLE boxes ADD size int NOT NULL;" },
    {
      history: USERS,
      sql: "ALTER TABLE users ADD region text; ALTER TABLE users ALTER region SET DEFAULT 'eu'; ALTER TABLE users ADD CHECK (region IS NOT NULL) NOT VALID;",
    },
    {
      history: USERS,
      sql: "ALTER TABLE users ADD nick text; ALTER TABLE users ADD CHECK (nick IS NOT NULL) NOT VALID; CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.nick := NEW.name; RETURN NEW; END'; CREATE TRIGGER filled BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION fill();",
    },
  ],
};
