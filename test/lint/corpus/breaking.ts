import { rowsOf } from "./rows-of.js";

/** Section 4 of the rules: what the release still running cannot bear. */
export const BREAKING = rowsOf({
  "rename-column": {
    "the plain form": "ALTER TABLE users RENAME COLUMN nickname TO handle;",
    "without the word": "ALTER TABLE users RENAME nickname TO handle;",
    "of a view": "ALTER VIEW active_users RENAME COLUMN name TO full_name;",
    "and back in the same file": {
      sql: "ALTER TABLE users RENAME nickname TO handle;\nALTER TABLE users RENAME handle TO nickname;",
      unmeasured: "nobody writes that",
    },
    "of a new table": "CREATE TABLE crates (id int);\nALTER TABLE crates RENAME id TO crate_id;",
    "of a partitioned table": 'alter table "events" rename column "kind" to "type";',
    "if exists, quoted, capital": 'ALTER TABLE IF EXISTS public.users RENAME COLUMN age TO "Age";',
  },
  "rename-table": {
    "the plain form": "ALTER TABLE documents RENAME TO papers;",
    "another schema": "ALTER TABLE documents SET SCHEMA billing;",
    "a partition": "ALTER TABLE events_2024 RENAME TO events_old;",
    "with a view in its place":
      "BEGIN;\nALTER TABLE documents RENAME TO papers;\nCREATE VIEW documents AS SELECT id, owner_id, body FROM papers;\nGRANT SELECT, INSERT, UPDATE, DELETE ON documents TO shop_app;\nCOMMIT;",
    "a new table": "CREATE TABLE crates (id int);\nALTER TABLE crates RENAME TO boxes;",
    "a new table into a schema": "CREATE TABLE crates (id int);\nALTER TABLE crates SET SCHEMA billing;",
    "swapped for a new one":
      "BEGIN;\nCREATE TABLE documents_new (LIKE documents INCLUDING ALL);\nALTER TABLE documents RENAME TO documents_old;\nALTER TABLE documents_new RENAME TO documents;\nCOMMIT;",
    "if exists": "ALTER TABLE IF EXISTS billing.invoices RENAME TO bills;",
  },
  "rename-schema": {
    "an old one": "ALTER SCHEMA billing RENAME TO accounting;",
    "a new one": "CREATE SCHEMA attic;\nALTER SCHEMA attic RENAME TO loft;",
  },
  "rename-view-function-type": {
    "a view": "ALTER VIEW active_users RENAME TO present_users;",
    "a view as a table": "ALTER TABLE active_users RENAME TO present_users;",
    "a materialized view": "ALTER MATERIALIZED VIEW sales_by_user RENAME TO sales;",
    "a function": "ALTER FUNCTION order_total(bigint) RENAME TO total_of_order;",
    "a procedure": "ALTER PROCEDURE note_visit RENAME TO write_visit;",
    "a sequence": "ALTER SEQUENCE invoice_numbers RENAME TO bill_numbers;",
    "a function to another schema": "ALTER FUNCTION house_code() SET SCHEMA billing;",
    "a type": { sql: "ALTER TYPE order_status RENAME TO status_of_order;", client: ["SELECT 'new'::order_status"] },
    "a new view": "CREATE VIEW v AS SELECT 1 AS one;\nALTER VIEW v RENAME TO w;",
    "a new function": "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';\nALTER FUNCTION f() RENAME TO g;",
    "a function by DO": "DO $$ BEGIN ALTER FUNCTION house_code() RENAME TO home_code; END $$;",
  },
  "rename-enum-value": {
    "an old one": "ALTER TYPE order_status RENAME VALUE 'paid' TO 'settled';",
    "of a new type": "CREATE TYPE mood AS ENUM ('good');\nALTER TYPE mood RENAME VALUE 'good' TO 'fine';",
  },
  "drop-view-function": {
    "a view": "DROP VIEW active_users;",
    "a materialized view": "DROP MATERIALIZED VIEW IF EXISTS sales_by_user;",
    "a function": "DROP FUNCTION order_total(bigint);",
    "a function without its arguments": "DROP FUNCTION house_code;",
    "a procedure": "DROP PROCEDURE note_visit(text);",
    "a routine": "DROP ROUTINE random_code();",
    "a sequence": "DROP SEQUENCE invoice_numbers;",
    "a new view": "CREATE VIEW v AS SELECT 1 AS one;\nDROP VIEW v;",
    "a new function": "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';\nDROP FUNCTION f(int);",
    "a view and made again":
      "BEGIN;\nDROP VIEW active_users;\nCREATE VIEW active_users AS SELECT id, email, name FROM users WHERE active;\nGRANT SELECT ON active_users TO shop_app;\nCOMMIT;",
    "a view and made again without its grants":
      "BEGIN;\nDROP VIEW active_users;\nCREATE VIEW active_users AS SELECT id, email, name FROM users WHERE active;\nCOMMIT;",
  },
  "replace-function-signature": {
    "other arguments":
      "DROP FUNCTION order_total(bigint);\nCREATE FUNCTION order_total(wanted bigint, rounded boolean) RETURNS numeric LANGUAGE sql AS $$ SELECT total FROM orders WHERE id = wanted $$;",
    "one more with a default":
      "DROP FUNCTION order_total(bigint);\nCREATE FUNCTION order_total(wanted bigint, rounded boolean DEFAULT false) RETURNS numeric LANGUAGE sql AS $$ SELECT total FROM orders WHERE id = wanted $$;",
    "the same, another body":
      "CREATE OR REPLACE FUNCTION order_total(wanted bigint) RETURNS numeric LANGUAGE sql STABLE AS $$ SELECT round(total) FROM orders WHERE id = wanted $$;",
    "another argument's name": {
      sql: "DROP FUNCTION order_total(bigint);\nCREATE FUNCTION order_total(order_id bigint) RETURNS numeric LANGUAGE sql AS $$ SELECT total FROM orders WHERE id = order_id $$;",
    },
    "an overload":
      "CREATE FUNCTION order_total(wanted bigint, rounded boolean) RETURNS numeric LANGUAGE sql AS $$ SELECT total FROM orders WHERE id = wanted $$;",
    "an overload that makes calls ambiguous": {
      sql: "CREATE FUNCTION order_total(wanted bigint, rounded boolean DEFAULT false) RETURNS numeric LANGUAGE sql AS $$ SELECT total FROM orders WHERE id = wanted $$;",
      unmeasured: "an exact match still wins, or not, by the types of the call",
    },
  },
  "add-required-column": {
    "not null without default": "ALTER TABLE users ADD COLUMN region text NOT NULL;",
    "without the word": "ALTER TABLE products ADD weight int NOT NULL;",
    "a key column": "ALTER TABLE audit_log ADD COLUMN key bigint PRIMARY KEY;",
    "with a default": "ALTER TABLE users ADD COLUMN region text NOT NULL DEFAULT 'eu';",
    "with a default that goes at once":
      "ALTER TABLE users ADD COLUMN region text NOT NULL DEFAULT 'eu';\nALTER TABLE users ALTER COLUMN region DROP DEFAULT;",
    "default null": "ALTER TABLE users ADD COLUMN region text NOT NULL DEFAULT NULL;",
    "of a new table": "CREATE TABLE crates (id int);\nALTER TABLE crates ADD COLUMN size int NOT NULL;",
    "of an empty table the linter cannot know": {
      before: ["CREATE TABLE crates (id int);"],
      sql: "ALTER TABLE crates ADD COLUMN size int NOT NULL;",
      unmeasured: "whether it is empty only the database knows",
    },
  },
  "drop-default-on-not-null": {
    "a not-null column": "ALTER TABLE orders ALTER COLUMN quantity DROP DEFAULT;",
    "a status": "ALTER TABLE orders ALTER status DROP DEFAULT;",
    "a time": "ALTER TABLE audit_log ALTER COLUMN at DROP DEFAULT;",
    "a nullable column": {
      before: ["ALTER TABLE users ADD COLUMN tone text DEFAULT 'x';"],
      sql: "ALTER TABLE users ALTER COLUMN tone DROP DEFAULT;",
    },
    "of a key": "ALTER TABLE orders ALTER COLUMN id DROP DEFAULT;",
    "an identity": "ALTER TABLE users ALTER COLUMN id DROP IDENTITY;",
    "another default": "ALTER TABLE orders ALTER COLUMN quantity SET DEFAULT 2;",
  },
  "drop-not-null": {
    "of a column": {
      sql: "ALTER TABLE orders ALTER COLUMN quantity DROP NOT NULL;",
      unmeasured: "the harm comes with the first NULL",
    },
  },
  "tighten-unique": {
    "an index the old writers break": {
      before: ["CREATE TABLE phones (id int PRIMARY KEY, number text);\nGRANT ALL ON phones TO shop_app;"],
      rows: "INSERT INTO phones SELECT n, n::text FROM generate_series(1, 200) n",
      client: ["INSERT INTO phones VALUES (1000, '7')"],
      sql: "CREATE UNIQUE INDEX CONCURRENTLY phones_number_key ON phones (number);",
      unmeasured: "a warning by the catalogue: what old writers write no linter knows",
    },
    "a check the old writers break": {
      sql: "ALTER TABLE orders ADD CONSTRAINT orders_quantity_some CHECK (quantity > 0) NOT VALID;",
      unmeasured: "a warning by the catalogue: what old writers write no linter knows",
    },
  },
  "drop-constraint": {
    "a unique one that upserts name": "ALTER TABLE settings DROP CONSTRAINT settings_key_key;",
    "a key": {
      sql: "ALTER TABLE orders DROP CONSTRAINT orders_user_id_fkey;",
      unmeasured: "later bad rows are not to be seen now",
    },
    "a check": {
      sql: "ALTER TABLE orders DROP CONSTRAINT IF EXISTS orders_total_check;",
      unmeasured: "later bad rows are not to be seen now",
    },
    "a constraint of this file":
      "ALTER TABLE users ADD CONSTRAINT t CHECK (age > 0) NOT VALID;\nALTER TABLE users DROP CONSTRAINT t;",
    "that is not there": "ALTER TABLE users DROP CONSTRAINT IF EXISTS never_was;",
  },
  revoke: {
    select: "REVOKE SELECT ON users FROM shop_app;",
    all: "revoke all privileges on all tables in schema public from shop_app;",
    "usage of a schema": "REVOKE USAGE ON SCHEMA billing FROM shop_app;",
    "of a function from public": "REVOKE EXECUTE ON FUNCTION house_code() FROM PUBLIC;",
    "one column": { sql: "REVOKE UPDATE ON documents FROM shop_app;" },
    "on a new table": "CREATE TABLE crates (id int);\nREVOKE ALL ON crates FROM PUBLIC;",
    login: { sql: "ALTER ROLE shop_reports NOLOGIN;", unmeasured: "roles belong to the whole server" },
  },
  "enable-rls": {
    "without a policy": "ALTER TABLE documents ENABLE ROW LEVEL SECURITY;",
    "with a policy for others only":
      "ALTER TABLE documents ENABLE ROW LEVEL SECURITY;\nCREATE POLICY reports ON documents FOR SELECT TO shop_reports USING (true);",
    "policy first":
      "CREATE POLICY everybody ON documents USING (true);\nALTER TABLE documents ENABLE ROW LEVEL SECURITY;",
    "policy first, in a block":
      "BEGIN;\nCREATE POLICY everybody ON documents FOR ALL TO PUBLIC USING (true) WITH CHECK (true);\nALTER TABLE documents ENABLE ROW LEVEL SECURITY;\nCOMMIT;",
    "of a new table": "CREATE TABLE crates (id int);\nALTER TABLE crates ENABLE ROW LEVEL SECURITY;",
    "a policy only": "CREATE POLICY everybody ON documents USING (true);",
  },
  "drop-policy": {
    "that let the client in": {
      before: ["CREATE POLICY everybody ON documents USING (true);\nALTER TABLE documents ENABLE ROW LEVEL SECURITY;"],
      sql: "DROP POLICY everybody ON documents;",
    },
    "made narrower": {
      before: ["CREATE POLICY everybody ON documents USING (true);\nALTER TABLE documents ENABLE ROW LEVEL SECURITY;"],
      sql: "ALTER POLICY everybody ON documents USING (owner_id = 999);",
      unmeasured: "what a policy lets through no linter computes",
    },
  },
  "json-column": {
    json: {
      sql: "ALTER TABLE users ADD COLUMN extra json;",
      unmeasured: "fails only for a SELECT DISTINCT * of later",
    },
    jsonb: "ALTER TABLE users ADD COLUMN extra jsonb;",
  },
  "enum-reorder": {
    "a new value": "ALTER TYPE order_status ADD VALUE 'refunded';",
    "a new value before another": "ALTER TYPE order_status ADD VALUE IF NOT EXISTS 'waiting' BEFORE 'paid';",
  },
});
