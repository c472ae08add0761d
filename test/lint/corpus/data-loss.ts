import { rowsOf } from "./rows-of.js";

/** Section 1 of the rules: rows and values that are gone. */
export const DATA_LOSS = rowsOf({
  "drop-table": {
    "the plain form": "DROP TABLE order_items;",
    "if exists, quoted and qualified": 'DROP TABLE IF EXISTS "public"."order_items" RESTRICT;',
    "a list, cascading": "drop table orders, order_items cascade;",
    "in another schema": "DROP TABLE billing.invoices;",
    "a partition": "DROP TABLE events_2025;",
    "after other work": "CREATE TABLE crates (id int);\nSELECT 1;\nDROP TABLE audit_log;",
    "written over several lines with comments": "DROP /* the old one */\n  TABLE -- now\n  documents\n;",
    "by search_path": "SET search_path = billing, public;\nDROP TABLE invoices;",
    "a table of this file": "CREATE TABLE crates (id int PRIMARY KEY);\nDROP TABLE crates;",
    "a temporary table": "CREATE TEMP TABLE pile AS SELECT id FROM users WHERE id < 5;\nDROP TABLE pile;",
    "that does not exist": "DROP TABLE IF EXISTS never_was;",
    "of this file, quoted": 'CREATE TABLE "Crates" (id int);\nDROP TABLE "Crates";',
    "a case that differs from the new one": 'CREATE TABLE "Documents" (id int);\nDROP TABLE documents;',
    "a new name in the other schema": "CREATE TABLE billing.documents (id int);\nDROP TABLE public.documents;",
    "of what may be old": "CREATE TABLE IF NOT EXISTS documents (id int);\nDROP TABLE documents;",
    "after a rollback of the new one":
      "BEGIN;\nALTER TABLE documents RENAME TO papers;\nCREATE TABLE documents (id int);\nROLLBACK;\nDROP TABLE documents;",
    "swapped under the name of a new one": {
      sql: "CREATE TABLE crates (id int);\nALTER TABLE crates RENAME TO boxes;\nDROP TABLE boxes;",
    },
  },
  "drop-column": {
    "the plain form": "ALTER TABLE users DROP COLUMN nickname;",
    "without the word": "ALTER TABLE users DROP nickname;",
    "if exists on both": "ALTER TABLE IF EXISTS users DROP COLUMN IF EXISTS nickname;",
    "only this table": "ALTER TABLE ONLY documents DROP COLUMN body;",
    "among others": "ALTER TABLE users ADD COLUMN flag boolean, DROP COLUMN age, ADD COLUMN more text;",
    "of a partitioned parent": "ALTER TABLE events DROP COLUMN kind;",
    "with views, cascading": "ALTER TABLE users DROP COLUMN name CASCADE;",
    "just added": "ALTER TABLE users ADD COLUMN flag boolean;\nALTER TABLE users DROP COLUMN flag;",
    "of a new table": "CREATE TABLE crates (id int, size int);\nALTER TABLE crates DROP COLUMN size;",
    "that is not there": "ALTER TABLE users DROP COLUMN IF EXISTS never_was;",
    "an attribute of a type": {
      sql: "ALTER TYPE address DROP ATTRIBUTE city;",
      unmeasured: "no table of the shop uses the type",
    },
  },
  "drop-column-then-add": {
    "in one statement": "ALTER TABLE users DROP COLUMN age, ADD COLUMN age bigint;",
    "in two statements": "ALTER TABLE documents DROP COLUMN body;\nALTER TABLE documents ADD COLUMN body jsonb;",
  },
  "drop-schema": {
    "with everything": "DROP SCHEMA billing CASCADE;",
    "if exists": "DROP SCHEMA IF EXISTS billing CASCADE;",
    "a new one": "CREATE SCHEMA attic;\nDROP SCHEMA attic;",
    "a new one with a table":
      "CREATE SCHEMA attic;\nCREATE TABLE attic.things (id int);\nDROP TABLE attic.things;\nDROP SCHEMA attic;",
  },
  "drop-database": {
    "another database": { sql: "DROP DATABASE kept_archive;", onServer: ["CREATE DATABASE kept_archive"] },
    "by force": { sql: "DROP DATABASE IF EXISTS kept_ledger WITH (FORCE);", onServer: ["CREATE DATABASE kept_ledger"] },
  },
  "drop-type-cascade": {
    "a domain": "DROP DOMAIN label CASCADE;",
    "an enum": "DROP TYPE order_status CASCADE;",
    "an extension": {
      before: ["CREATE EXTENSION citext;\nALTER TABLE documents ADD COLUMN author citext;"],
      rows: "UPDATE documents SET author = 'somebody'",
      sql: "DROP EXTENSION citext CASCADE;",
    },
    "a type of this file": "CREATE TYPE mood AS ENUM ('good', 'bad');\nDROP TYPE mood;",
    "an unused type of an earlier file, without cascade": {
      before: ["CREATE TYPE mood AS ENUM ('good');"],
      sql: "DROP TYPE mood;",
      unmeasured: "nobody of the shop's client uses the type",
    },
  },
  "drop-owned": {
    "of a role": "DROP OWNED BY shop_reports;",
    cascading: "drop owned by shop_reports cascade;",
    "reassigned before": {
      sql: "REASSIGN OWNED BY shop_reports TO postgres;\nDROP OWNED BY shop_reports;",
      unmeasured: "also takes the role's grants",
    },
  },
  "drop-cascade": {
    "a view others stand on": {
      before: ["CREATE VIEW young_users AS SELECT id FROM active_users;\nGRANT SELECT ON young_users TO shop_app;"],
      client: ["SELECT id FROM young_users LIMIT 1"],
      sql: "DROP VIEW active_users CASCADE;",
    },
    "a function of a trigger": {
      sql: "DROP FUNCTION touch_user() CASCADE;",
      unmeasured: "the trigger is gone with it, which no statement of the client notices",
    },
    "a key other tables point at": {
      sql: "ALTER TABLE users DROP CONSTRAINT users_pkey CASCADE;",
      unmeasured: "bad rows come later",
    },
  },
  truncate: {
    "one table": "TRUNCATE audit_log;",
    "with the word": "TRUNCATE TABLE ONLY order_items RESTART IDENTITY;",
    several: "truncate documents, billing.invoices;",
    cascading: "TRUNCATE users CASCADE;",
    "a partitioned table": "TRUNCATE visits;",
    "a new table": "CREATE TABLE crates (id int);\nINSERT INTO crates VALUES (1);\nTRUNCATE crates;",
    "a temporary table": "CREATE TEMPORARY TABLE pile (id int);\nTRUNCATE pile;",
    "in a block that is rolled back": {
      sql: "BEGIN;\nTRUNCATE audit_log;\nROLLBACK;",
      unmeasured: "nothing is lost, yet nobody writes that",
    },
  },
  "delete-all": {
    "without where": "DELETE FROM audit_log;",
    "where true": "DELETE FROM documents WHERE true;",
    "where a constant": "delete from documents where 1 = 1;",
    "where a longer constant": "DELETE FROM documents WHERE 'a' <> 'b' OR owner_id = 3;",
    "using without a join": "DELETE FROM documents USING users;",
    "using with a join of other tables only": "DELETE FROM documents d USING users u, orders o WHERE u.id = o.user_id;",
    only: "DELETE FROM ONLY audit_log;",
    returning: "DELETE FROM audit_log RETURNING id;",
    "a new table": "CREATE TABLE crates (id int);\nINSERT INTO crates VALUES (1);\nDELETE FROM crates;",
    "where not null on a column that never is": "DELETE FROM documents WHERE id IS NOT NULL;",
    "where the same column": "DELETE FROM documents WHERE id = id;",
    "where exists something": "DELETE FROM documents WHERE EXISTS (SELECT 1 FROM users);",
    "no row at all": "DELETE FROM documents WHERE id = -1;",
    "where false": "DELETE FROM documents WHERE false;",
  },
  "update-all": {
    "without where": "UPDATE users SET balance = 0;",
    "where true": "UPDATE documents SET body = '' WHERE TRUE;",
    "several columns": "UPDATE products SET (title, price) = ROW ('none', 1);",
    "from another table without a join": "UPDATE documents SET body = u.nickname FROM users u;",
    "with an alias and only": "UPDATE ONLY documents AS d SET owner_id = d.owner_id + 1;",
    "a new column in one go": "ALTER TABLE users ADD COLUMN full_name text;\nUPDATE users SET full_name = name;",
    "a new table":
      "CREATE TABLE crates AS SELECT id, nickname FROM users WHERE id < 10;\nUPDATE crates SET nickname = 'x';",
    "settings by upsert":
      "INSERT INTO settings (key, value) VALUES ('theme', 'light'), ('tax', '7') ON CONFLICT (key) DO UPDATE SET value = excluded.value;",
    "settings without a key": "UPDATE settings SET value = 'off';",
    "a new setting that keeps an old one":
      "INSERT INTO settings (key, value) VALUES ('colour', 'red') ON CONFLICT (key) DO NOTHING;",
    "an insert of new rows": "INSERT INTO settings (key, value) VALUES ('colour', 'red');",
  },
  "dml-in-cte": {
    "a delete": "WITH gone AS (DELETE FROM audit_log RETURNING id) SELECT count(*) FROM gone;",
    "an update":
      "WITH changed AS (UPDATE documents SET body = 'x' RETURNING id) INSERT INTO audit_log (what) SELECT 'changed ' || id FROM changed;",
    "a move to a new table":
      "CREATE TABLE papers (LIKE documents);\nWITH moved AS (DELETE FROM documents RETURNING *) INSERT INTO papers SELECT * FROM moved;",
    nested:
      "SELECT 1 FROM (SELECT 2) x WHERE EXISTS (SELECT 1);\nWITH a AS (SELECT 1), b AS (DELETE FROM documents USING a RETURNING 1) SELECT count(*) FROM b;",
    "an insert": "WITH fresh AS (INSERT INTO audit_log (what) VALUES ('x') RETURNING id) SELECT id FROM fresh;",
    "reading only": "WITH few AS (SELECT id FROM users WHERE id < 3) SELECT count(*) FROM few;",
  },
  "merge-delete": {
    matched: "MERGE INTO documents d USING users u ON d.owner_id = u.id WHEN MATCHED THEN DELETE;",
    "not matched by source":
      "MERGE INTO documents d USING (SELECT 1 AS id) s ON d.id = s.id WHEN NOT MATCHED BY SOURCE THEN DELETE;",
    "overwriting what has no source":
      "MERGE INTO documents d USING (SELECT 1 AS id) s ON d.id = s.id WHEN NOT MATCHED BY SOURCE THEN UPDATE SET body = 'x';",
    "inserting only":
      "MERGE INTO settings s USING (VALUES ('colour', 'red')) AS v (key, value) ON s.key = v.key WHEN NOT MATCHED THEN INSERT (key, value) VALUES (v.key, v.value);",
    "into a new table":
      "CREATE TABLE crates (id int);\nMERGE INTO crates c USING (SELECT 1 AS id) s ON c.id = s.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (s.id);",
  },
  "explain-analyze-dml": {
    "a delete": "EXPLAIN ANALYZE DELETE FROM documents;",
    "with options": "EXPLAIN (ANALYZE true, BUFFERS) UPDATE documents SET body = 'x';",
    "only explained": "EXPLAIN DELETE FROM documents;",
    "analyze off": "EXPLAIN (ANALYZE false) DELETE FROM documents;",
    "a query": "EXPLAIN (ANALYZE) SELECT count(*) FROM users;",
  },
  "copy-or-prepare-dml": {
    "copy of a delete": "COPY (DELETE FROM audit_log RETURNING *) TO '/dev/null';",
    "prepared and executed": "PREPARE gone AS DELETE FROM documents;\nEXECUTE gone;",
    "prepared only": { sql: "PREPARE gone AS DELETE FROM documents;", unmeasured: "somebody will execute it" },
    "copy of a query": "COPY (SELECT id FROM users) TO '/dev/null';",
    "prepared with a key that meets nothing":
      "PREPARE one (bigint) AS DELETE FROM documents WHERE id = $1;\nEXECUTE one (-7);",
  },
  "do-block-static": {
    "a drop": "DO $$ BEGIN DROP TABLE order_items; END $$;",
    "a delete in a branch":
      "DO $$ BEGIN IF EXISTS (SELECT FROM users) THEN DELETE FROM documents; ELSE NULL; END IF; END $$;",
    "a truncate in a handler":
      "DO $body$ BEGIN BEGIN PERFORM 1 / 0; EXCEPTION WHEN division_by_zero THEN TRUNCATE audit_log; END; END $body$;",
    "in a loop over rows":
      "DO $$ DECLARE r record; BEGIN FOR r IN SELECT id FROM documents LOOP DELETE FROM documents WHERE id = r.id; END LOOP; END $$;",
    "an index": "DO $$ BEGIN CREATE INDEX users_age_idx ON users (age); END $$;",
    "a not-null": "DO $$ BEGIN ALTER TABLE products ALTER COLUMN title SET NOT NULL; END $$;",
    "a type that may be there":
      "DO $$ BEGIN CREATE TYPE mood AS ENUM ('good'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;",
    "a column that may be there":
      "DO $$ BEGIN IF NOT EXISTS (SELECT FROM information_schema.columns WHERE table_name = 'users' AND column_name = 'flag') THEN ALTER TABLE users ADD COLUMN flag boolean; END IF; END $$;",
    "notice only": "DO $$ BEGIN RAISE NOTICE 'DROP TABLE users'; END $$;",
    "a new table of its own": "DO $$ BEGIN CREATE TABLE crates (id int); INSERT INTO crates VALUES (1); END $$;",
    "a constraint that may be there, not valid":
      "DO $$ BEGIN ALTER TABLE users ADD CONSTRAINT users_age_ok CHECK (age > 0) NOT VALID; EXCEPTION WHEN duplicate_object THEN NULL; END $$;",
    "a string with quotes for a body": "DO LANGUAGE plpgsql 'BEGIN DELETE FROM documents WHERE ''a'' = ''a''; END';",
  },
  "do-block-dynamic": {
    "a constant": "DO $$ BEGIN EXECUTE 'DROP TABLE order_items'; END $$;",
    pieces: "DO $$ BEGIN EXECUTE 'DR' || 'OP TABLE ' || quote_ident('documents'); END $$;",
    format: "DO $$ BEGIN EXECUTE format('TRUNCATE %I.%I', 'billing', 'invoices'); END $$;",
    "a loop over tables":
      "DO $$ DECLARE t text; BEGIN FOREACH t IN ARRAY ARRAY['documents', 'audit_log'] LOOP EXECUTE format('DELETE FROM %I', t); END LOOP; END $$;",
    "a variable": "DO $$ DECLARE q text := 'DELETE FROM documents'; BEGIN EXECUTE q; END $$;",
    "from a table":
      "DO $$ DECLARE r record; BEGIN FOR r IN SELECT 'DROP TABLE ' || tablename AS q FROM pg_tables WHERE tablename LIKE 'order%' LOOP EXECUTE r.q || ' CASCADE'; END LOOP; END $$;",
    "a harmless constant": "DO $$ BEGIN EXECUTE 'CREATE TABLE crates (id int)'; END $$;",
    "a harmless format":
      "DO $$ DECLARE t text; BEGIN FOREACH t IN ARRAY ARRAY['users', 'orders'] LOOP EXECUTE format('ALTER TABLE %I ADD COLUMN IF NOT EXISTS remark text', t); END LOOP; END $$;",
    "a harmless comment with a literal":
      "DO $$ BEGIN EXECUTE format('COMMENT ON TABLE users IS %L', 'DROP TABLE users'); END $$;",
    "an index in pieces": "DO $$ BEGIN EXECUTE 'CREATE ' || 'INDEX ON users (' || 'age' || ')'; END $$;",
    "a volatile default by concat":
      "DO $$ BEGIN EXECUTE concat('ALTER TABLE users ADD COLUMN token uuid ', 'DEFAULT gen_random_uuid()'); END $$;",
  },
  "call-of-local-routine": {
    "a function made and called":
      "CREATE FUNCTION purge() RETURNS void LANGUAGE sql AS 'DELETE FROM documents';\nSELECT purge();",
    "a procedure": "CREATE PROCEDURE purge() LANGUAGE plpgsql AS $$ BEGIN TRUNCATE audit_log; END $$;\nCALL purge();",
    "begin atomic":
      "CREATE FUNCTION purge() RETURNS void LANGUAGE sql BEGIN ATOMIC DELETE FROM documents; END;\nSELECT purge();",
    "of an earlier file": "SELECT forget_guests();",
    "of an earlier file, performed": "DO $$ BEGIN PERFORM public.forget_guests(); END $$;",
    "through another":
      "CREATE FUNCTION inner_one() RETURNS void LANGUAGE sql AS 'DELETE FROM documents';\nCREATE FUNCTION outer_one() RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM inner_one(); RETURN 1; END $$;\nSELECT outer_one();",
    "in a default":
      "CREATE FUNCTION sly() RETURNS int LANGUAGE plpgsql AS $$ BEGIN DELETE FROM documents; RETURN 1; END $$;\nALTER TABLE audit_log ADD COLUMN n int DEFAULT sly();",
    "made only": "CREATE FUNCTION purge() RETURNS void LANGUAGE sql AS 'DELETE FROM documents';",
    harmless: "CREATE FUNCTION greet() RETURNS text LANGUAGE sql AS $$ SELECT 'hello' $$;\nSELECT greet();",
    "a call of a harmless procedure": "CALL note_visit('deploy');",
    "made and dropped":
      "CREATE FUNCTION greet() RETURNS text LANGUAGE sql AS $$ SELECT 'hello' $$;\nDROP FUNCTION greet();",
  },
  "create-rule-instead": {
    nothing: "CREATE RULE quiet AS ON INSERT TO audit_log DO INSTEAD NOTHING;",
    "for updates": "CREATE OR REPLACE RULE quiet AS ON UPDATE TO documents DO INSTEAD NOTHING;",
    "also a delete": {
      sql: "CREATE RULE also AS ON INSERT TO documents DO ALSO DELETE FROM audit_log;",
      unmeasured: "the harm comes with the next insert",
    },
    "on a new table": "CREATE TABLE crates (id int);\nCREATE RULE quiet AS ON INSERT TO crates DO INSTEAD NOTHING;",
  },
  "disable-trigger": {
    one: "ALTER TABLE users DISABLE TRIGGER users_touch;",
    all: "ALTER TABLE orders DISABLE TRIGGER ALL;",
    "user, with a list": "ALTER TABLE users ADD COLUMN flag boolean, DISABLE TRIGGER USER;",
    "off and on around work": {
      sql: "BEGIN;\nALTER TABLE users DISABLE TRIGGER USER;\nALTER TABLE users ENABLE TRIGGER USER;\nCOMMIT;",
      unmeasured: "nothing was written in between",
    },
    "on a new table": "CREATE TABLE crates (id int);\nALTER TABLE crates DISABLE TRIGGER ALL;",
    enabled: "ALTER TABLE users ENABLE TRIGGER users_touch;",
  },
  "replication-role-replica": {
    "and an orphan":
      "SET session_replication_role = replica;\nINSERT INTO orders (user_id, total) VALUES (987654, 1);\nSET session_replication_role = DEFAULT;",
    local:
      "BEGIN;\nSET LOCAL session_replication_role TO 'replica';\nINSERT INTO orders (user_id, total) VALUES (987654, 1);\nCOMMIT;",
    "by set_config":
      "SELECT set_config('session_replication_role', 'replica', false);\nINSERT INTO orders (user_id, total) VALUES (987654, 1);",
    "set to origin": "SET session_replication_role = origin;",
  },
  "set-unlogged": {
    "an old table": "ALTER TABLE audit_log SET UNLOGGED;",
    "back again": {
      before: ["CREATE UNLOGGED TABLE scratchpad (id int PRIMARY KEY);"],
      rows: "INSERT INTO scratchpad SELECT generate_series(1, 200)",
      sql: "ALTER TABLE scratchpad SET LOGGED;",
    },
    "a new table": "CREATE TABLE crates (id int);\nALTER TABLE crates SET UNLOGGED;",
    "made so": "CREATE UNLOGGED TABLE crates (id int);",
  },
  "sequence-rewind": {
    "restart at one": "ALTER SEQUENCE invoice_numbers RESTART WITH 1;",
    restart: "ALTER SEQUENCE orders_id_seq RESTART;",
    "setval to a constant": "SELECT setval('users_id_seq', 1);",
    "setval in pg_catalog, false": "SELECT pg_catalog.setval('public.orders_id_seq', 5, false);",
    "an identity": "ALTER TABLE users ALTER COLUMN id RESTART WITH 10;",
    "to the highest": "SELECT setval('orders_id_seq', (SELECT max(id) FROM orders));",
    "to the highest or one": "SELECT setval('orders_id_seq', coalesce((SELECT max(id) FROM orders), 1));",
    "a new one": "CREATE SEQUENCE ticket_numbers START 5;\nALTER SEQUENCE ticket_numbers RESTART WITH 1;",
    "another setting": "ALTER SEQUENCE invoice_numbers CACHE 10;",
    "drawn from": "SELECT nextval('invoice_numbers');",
  },
  "cascade-fk": {
    "on an old table": {
      sql: "ALTER TABLE documents ADD CONSTRAINT documents_owner_fk FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE CASCADE NOT VALID;",
      unmeasured: "the harm comes with a later delete",
    },
    "on a new table":
      "CREATE TABLE baskets (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id) ON DELETE CASCADE);",
  },
});
