import { rowsOf } from "./rows-of.js";

const UNSEEN = "no server shows this harm";

/** Section 6 of the rules: kept for reading. */
export const SECURITY = rowsOf({
  "security-definer-search-path": {
    "without a path": {
      sql: "CREATE FUNCTION all_mails() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER AS $$ SELECT email FROM users $$;",
      unmeasured: UNSEEN,
    },
    "with a path":
      "CREATE FUNCTION all_mails() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ SELECT email FROM public.users $$;",
  },
  "grant-public": {
    "all to public": { sql: "GRANT ALL ON users TO PUBLIC;", unmeasured: UNSEEN },
    "one to a role": "GRANT SELECT ON users, orders TO shop_reports;",
  },
  "alter-role-password": {
    "in the file": { sql: "ALTER ROLE shop_reports PASSWORD 'secret';", unmeasured: UNSEEN },
  },
  "alter-system": {
    "a setting": { sql: "ALTER SYSTEM SET work_mem = '8MB';", unmeasured: UNSEEN },
  },
  "narrow-primary-key": {
    serial: { sql: "CREATE TABLE crates (id serial PRIMARY KEY);", unmeasured: UNSEEN },
    "bigint identity":
      "CREATE TABLE crates (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, made_at timestamptz NOT NULL DEFAULT now());",
  },
  "unqualified-name": {
    "without a schema": "CREATE TABLE crates (id bigint PRIMARY KEY);",
  },
});
