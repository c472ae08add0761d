import type { CorpusRow } from "../probe/probed-row.js";
import { rowsOf } from "./rows-of.js";
import { UNSEEN_FROM_TOOLS } from "./unseen-from-tools.js";

const OWN = rowsOf({
  "unseen, loss": {
    "a table by list with comments": "DROP TABLE\n  documents, -- gone\n  billing.invoices CASCADE;",
    "a column among many":
      "ALTER TABLE products\n  ADD COLUMN weight int,\n  ALTER COLUMN title SET DEFAULT '',\n  DROP COLUMN IF EXISTS shelf;",
    "delete by cte in an insert":
      "WITH d AS (DELETE FROM documents WHERE owner_id < 5000 RETURNING id)\nINSERT INTO audit_log (what) SELECT 'del ' || id FROM d;",
    "delete in a view's name": { sql: "DELETE FROM active_users;", unmeasured: "the shop's keys refuse it" },
    "truncate by a loop":
      "DO $do$ DECLARE r record; BEGIN FOR r IN SELECT c.relname FROM pg_class c WHERE c.relname IN ('audit_log', 'documents') LOOP EXECUTE 'TRUNCATE TABLE ' || quote_ident(r.relname) || ' CASCADE'; END LOOP; END $do$;",
    "execute using": "DO $$ BEGIN EXECUTE 'DELETE FROM documents WHERE id > $1' USING 0; END $$;",
    "execute with a quoted quote": "DO 'BEGIN EXECUTE ''TRUNCATE audit_log''; END';",
    "upsert of settings":
      "INSERT INTO settings AS s (key, value)\nSELECT 'currency', 'USD'\nON CONFLICT ON CONSTRAINT settings_key_key DO UPDATE SET value = EXCLUDED.value, updated_at = now();",
    "merge that overwrites settings":
      "MERGE INTO settings s USING (VALUES ('theme', 'light')) v (key, value) ON s.key = v.key WHEN MATCHED THEN UPDATE SET value = v.value WHEN NOT MATCHED THEN INSERT (key, value) VALUES (v.key, v.value);",
    "update where the row is itself": "UPDATE products SET title = 'x' WHERE price = price;",
    "update all via returning":
      "WITH u AS (UPDATE products SET title = lower(title) || '!' RETURNING 1) SELECT count(*) FROM u;",
    "trim of all values": "UPDATE documents SET body = left(body, 3);",
    "a sequence owned by a column": "ALTER SEQUENCE public.orders_id_seq RESTART WITH 1;",
    "setval in a do block": "DO $$ BEGIN PERFORM setval('orders_id_seq', 1, false); END $$;",
    "identity restart in a list": "ALTER TABLE users ADD COLUMN a int, ALTER COLUMN id RESTART;",
    "setval forward by count":
      "SELECT setval(pg_get_serial_sequence('orders', 'id'), (SELECT max(id) + 1 FROM orders), false);",
    "disable triggers in a do block": "DO $$ BEGIN EXECUTE 'ALTER TABLE users DISABLE TRIGGER ALL'; END $$;",
    "drop schema quoted": 'DROP SCHEMA "billing" CASCADE;',
    "drop a type with cascade in a do block": "DO $$ BEGIN DROP TYPE IF EXISTS order_status CASCADE; END $$;",
    "function with a delete called twice":
      "CREATE OR REPLACE FUNCTION sweep(n int) RETURNS int LANGUAGE plpgsql AS $f$ DECLARE c int; BEGIN DELETE FROM documents WHERE id > n; GET DIAGNOSTICS c = ROW_COUNT; RETURN c; END $f$;\nSELECT sweep(0);",
    "rule on update": "CREATE RULE no_update AS ON UPDATE TO settings DO INSTEAD NOTHING;",
    "explain analyze of a truncating function": "EXPLAIN (ANALYZE, COSTS OFF) SELECT forget_guests();",
    "prepared and executed with a wide condition":
      "PREPARE p AS DELETE FROM documents WHERE owner_id >= $1;\nEXECUTE p (0);",
    "create table as over a delete":
      "CREATE TABLE gone AS WITH d AS (DELETE FROM documents RETURNING *) SELECT * FROM d;",
    "swap and drop":
      "BEGIN;\nALTER TABLE documents RENAME TO documents_old;\nCREATE TABLE documents (LIKE documents_old INCLUDING ALL);\nDROP TABLE documents_old;\nCOMMIT;",
    "a scratch table made, used and dropped":
      "CREATE TABLE import_rows (id int, body text);\nINSERT INTO import_rows VALUES (1, 'a'), (2, 'b');\nINSERT INTO audit_log (what) SELECT body FROM import_rows;\nDROP TABLE import_rows;",
    "a scratch schema":
      "CREATE SCHEMA scratch;\nCREATE TABLE scratch.rows AS SELECT id FROM users WHERE id < 10;\nDELETE FROM scratch.rows;\nDROP SCHEMA scratch CASCADE;",
    "temporary by select into":
      "SELECT id INTO TEMPORARY pile FROM users WHERE id < 10;\nDELETE FROM pile;\nDROP TABLE pile;",
    "delete of nothing by key list": {
      sql: "DELETE FROM settings WHERE key IN ('never', 'there');",
      unmeasured: "safe only by the rows there are",
    },
    "insert with do nothing": "INSERT INTO products (id, sku) VALUES (1, 'sku1') ON CONFLICT DO NOTHING;",
    "a function with a delete, for a trigger":
      "CREATE FUNCTION clean() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM audit_log WHERE id = OLD.id; RETURN OLD; END $$;",
    "a harmless execute of a long text":
      "DO $$ DECLARE s text := 'attic'; BEGIN EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I', s); EXECUTE format('CREATE TABLE IF NOT EXISTS %I.things (id bigint PRIMARY KEY)', s); END $$;",
  },
  "unseen, rewrites": {
    "a default by a case":
      "ALTER TABLE users ADD COLUMN lucky boolean DEFAULT (CASE WHEN random() < 0.5 THEN true ELSE false END);",
    "a default by coalesce":
      "ALTER TABLE users ADD COLUMN token text NOT NULL DEFAULT coalesce(NULL, gen_random_uuid()::text);",
    "a default of an array of volatiles": "ALTER TABLE users ADD COLUMN pair float8[] DEFAULT ARRAY[random(), 1];",
    "a volatile function made here":
      "CREATE FUNCTION fresh() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 4; END $$;\nALTER TABLE users ADD COLUMN n int DEFAULT fresh();",
    "a stable function made here":
      "CREATE FUNCTION calm() RETURNS int LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN 4; END $$;\nALTER TABLE users ADD COLUMN n int DEFAULT calm();",
    "a function made volatile since": {
      before: ["CREATE OR REPLACE FUNCTION house_code() RETURNS text LANGUAGE sql VOLATILE AS $$ SELECT 'h'::text $$;"],
      sql: "ALTER TABLE users ADD COLUMN code text DEFAULT house_code();",
    },
    statement_timestamp: "ALTER TABLE orders ADD COLUMN t timestamptz NOT NULL DEFAULT statement_timestamp();",
    localtime: "ALTER TABLE orders ADD COLUMN t time DEFAULT LOCALTIME, ADD COLUMN d timestamp DEFAULT LOCALTIMESTAMP;",
    "to_char of now": "ALTER TABLE orders ADD COLUMN day text DEFAULT to_char(now(), 'YYYY-MM-DD');",
    "a row of constants": "ALTER TABLE users ADD COLUMN home address DEFAULT ROW('street', 'city')::address;",
    "extract of now": "ALTER TABLE orders ADD COLUMN year int DEFAULT extract(year FROM now())::int;",
    smallserial: "ALTER TABLE documents ADD COLUMN IF NOT EXISTS no smallserial;",
    "a domain on a domain":
      "CREATE DOMAIN work_address AS email_address;\nALTER TABLE users ADD COLUMN work work_address;",
    "an array of a domain": { sql: "ALTER TABLE users ADD COLUMN mails email_address[];" },
    "int to smallint": "ALTER TABLE users ALTER COLUMN age TYPE smallint;",
    "text to citext": {
      before: ["CREATE EXTENSION citext;"],
      sql: "ALTER TABLE documents ALTER COLUMN body TYPE citext;",
    },
    "varchar to char": "ALTER TABLE products ALTER COLUMN sku TYPE char(20);",
    "boolean to int": "ALTER TABLE billing.invoices ALTER COLUMN paid TYPE int USING CASE WHEN paid THEN 1 ELSE 0 END;",
    "date to timestamp": "ALTER TABLE billing.invoices ALTER issued_on TYPE timestamp;",
    "text array to jsonb": "ALTER TABLE users ALTER COLUMN tags TYPE jsonb USING to_jsonb(tags);",
    "a using that is the column": "ALTER TABLE products ALTER COLUMN sku TYPE text USING sku::text;",
    "interval and bits on a new table":
      "CREATE TABLE spans (a interval(2), b varbit(4));\nALTER TABLE spans ALTER a TYPE interval, ALTER b TYPE varbit(8);",
    "varbit wider": {
      before: ["CREATE TABLE flags (id int PRIMARY KEY, bits varbit(8), len interval(2));"],
      rows: "INSERT INTO flags SELECT n, B'101', '1 day' FROM generate_series(1, 200) n",
      sql: "ALTER TABLE flags ALTER COLUMN bits TYPE varbit(16);",
    },
    "interval wider": {
      before: ["CREATE TABLE flags (id int PRIMARY KEY, bits varbit(8), len interval(2));"],
      rows: "INSERT INTO flags SELECT n, B'101', '1 day' FROM generate_series(1, 200) n",
      sql: "ALTER TABLE flags ALTER COLUMN len TYPE interval(6);",
    },
    "varchar to a domain without checks": "ALTER TABLE documents ALTER COLUMN body TYPE label;",
    "not null of two": "ALTER TABLE products ALTER title SET NOT NULL, ALTER price SET NOT NULL;",
    "not null in a do loop":
      "DO $$ DECLARE c text; BEGIN FOREACH c IN ARRAY ARRAY['title', 'price'] LOOP EXECUTE format('ALTER TABLE products ALTER COLUMN %I SET NOT NULL', c); END LOOP; END $$;",
    "not null proven under another table's name": {
      before: [
        "ALTER TABLE documents ADD CONSTRAINT body CHECK (id IS NOT NULL) NOT VALID;",
        "ALTER TABLE documents VALIDATE CONSTRAINT body;",
        "CREATE TABLE papers (id int PRIMARY KEY, body text);",
      ],
      rows: "INSERT INTO papers SELECT n, 'b' FROM generate_series(1, 200) n",
      sql: "ALTER TABLE papers ALTER COLUMN body SET NOT NULL;",
    },
    "a check by name without a name, in a list":
      "ALTER TABLE documents ADD CHECK (owner_id > -1), ADD COLUMN extra text;",
    "a key over two columns": "ALTER TABLE order_items ADD CONSTRAINT u UNIQUE (order_id, product_id, line);",
    "a key with deferrable":
      "ALTER TABLE order_items ADD CONSTRAINT u UNIQUE (order_id, product_id, line) DEFERRABLE INITIALLY DEFERRED;",
    "a foreign key to a schema":
      "ALTER TABLE documents ADD CONSTRAINT doc_invoice FOREIGN KEY (id) REFERENCES billing.invoices (id) ON DELETE SET NULL;",
    "a self reference":
      "ALTER TABLE documents ADD COLUMN parent_id bigint, ADD CONSTRAINT parent_fk FOREIGN KEY (parent_id) REFERENCES documents (id);",
    "a self reference, not valid":
      "ALTER TABLE documents ADD COLUMN parent_id bigint;\nALTER TABLE documents ADD CONSTRAINT parent_fk FOREIGN KEY (parent_id) REFERENCES documents (id) NOT VALID;",
    "cluster by verbose": "CLUSTER VERBOSE orders USING orders_user_id_idx;",
    "vacuum freeze": "VACUUM (FREEZE) users, orders;",
    "attach a copy that is filled here":
      "CREATE TABLE events_2027 (LIKE events INCLUDING ALL);\nINSERT INTO events_2027 VALUES (1, '2027-02-02', 'x');\nALTER TABLE events ATTACH PARTITION events_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');",
    "a volatile default in a partition's new column":
      "ALTER TABLE visits ADD COLUMN seen timestamptz DEFAULT clock_timestamp();",
    "a stored column over two":
      "ALTER TABLE order_items ADD COLUMN total bigint GENERATED ALWAYS AS (amount * product_id) STORED NOT NULL;",
    "logged to unlogged in a do": "DO $$ BEGIN ALTER TABLE report_cache SET UNLOGGED; END $$;",
  },
  "unseen, locks": {
    "an index by hash": "CREATE INDEX orders_note_hash ON orders USING hash (note);",
    "an index with include": "CREATE UNIQUE INDEX IF NOT EXISTS users_id_mail ON public.users (id) INCLUDE (email);",
    "an index in a do that looks first":
      "DO $$ BEGIN IF to_regclass('users_age_idx') IS NULL THEN CREATE INDEX users_age_idx ON users (age); END IF; END $$;",
    "an index on a partition": "CREATE INDEX events_2025_kind_idx ON events_2025 (kind);",
    "an index on a table of an earlier file": {
      before: ["CREATE TABLE crates (id int PRIMARY KEY, size int);"],
      rows: "INSERT INTO crates SELECT n, n FROM generate_series(1, 200) n",
      sql: "CREATE INDEX crates_size_idx ON crates (size);",
    },
    "an index, concurrently, with options":
      "CREATE INDEX CONCURRENTLY IF NOT EXISTS users_low ON users USING btree (lower(email) varchar_pattern_ops) WITH (fillfactor = 90) WHERE active;",
    "reindex of a table in brackets, verbose": "REINDEX (VERBOSE TRUE) INDEX public.users_name_idx;",
    "refresh in a do block": "DO $$ BEGIN REFRESH MATERIALIZED VIEW sales_by_user; END $$;",
    "refresh through a function":
      "CREATE FUNCTION renew() RETURNS void LANGUAGE plpgsql AS $$ BEGIN REFRESH MATERIALIZED VIEW sales_by_user; END $$;\nSELECT renew();",
    "lock and backfill":
      "BEGIN;\nLOCK TABLE documents IN SHARE ROW EXCLUSIVE MODE;\nUPDATE documents SET body = body;\nCOMMIT;",
    "trigger and backfill in one block":
      "BEGIN;\nALTER TABLE users ADD COLUMN low_name text;\nCREATE FUNCTION low_name() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.low_name := lower(NEW.name); RETURN NEW; END $$;\nCREATE TRIGGER users_low_name BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION low_name();\nUPDATE users SET low_name = lower(name);\nCOMMIT;",
    "a trigger and its function":
      "CREATE FUNCTION low_nick() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.nickname := lower(NEW.nickname); RETURN NEW; END $$;\nCREATE TRIGGER users_low_nick BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION low_nick();",
    "a publication": { sql: "CREATE PUBLICATION shop_changes FOR TABLE users, orders;" },
    "a materialized view, new, filled": "CREATE MATERIALIZED VIEW totals AS SELECT count(*) AS n FROM orders;",
    "statistics and storage":
      "ALTER TABLE users ALTER COLUMN email SET STATISTICS 1000, ALTER COLUMN name SET (n_distinct = -0.5);",
    "an unlogged import table":
      "CREATE UNLOGGED TABLE import_rows (id bigint PRIMARY KEY, raw jsonb);\nCREATE INDEX import_rows_raw ON import_rows USING gin (raw);",
  },
  "unseen, breaks": {
    "a rename in a list of statements":
      "ALTER TABLE products ADD COLUMN weight int;\nALTER TABLE products RENAME COLUMN title TO name;",
    "a rename by format":
      "DO $$ BEGIN EXECUTE format('ALTER TABLE %I RENAME COLUMN %I TO %I', 'products', 'title', 'name'); END $$;",
    "a table to a new schema": "CREATE SCHEMA attic;\nALTER TABLE audit_log SET SCHEMA attic;",
    "a table renamed, a view in its place without all columns":
      "BEGIN;\nALTER TABLE documents RENAME TO papers;\nCREATE VIEW documents AS SELECT id, body FROM papers;\nGRANT ALL ON documents TO shop_app;\nCOMMIT;",
    "a function with another return type":
      "DROP FUNCTION IF EXISTS order_total(bigint);\nCREATE FUNCTION order_total(a bigint, b bigint) RETURNS text LANGUAGE sql AS $$ SELECT 'x' $$;",
    "a required column in a list": "ALTER TABLE orders ADD COLUMN note2 text, ADD COLUMN channel text NOT NULL;",
    "a required column by domain": "CREATE DOMAIN must AS int NOT NULL;\nALTER TABLE orders ADD COLUMN channel must;",
    "drop default quoted": 'ALTER TABLE "orders" ALTER COLUMN "placed_at" DROP DEFAULT;',
    "revoke all on one table": "REVOKE ALL PRIVILEGES ON TABLE orders FROM shop_app CASCADE;",
    "force rls": "ALTER TABLE settings ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;",
    "drop a function in a do": "DO $$ BEGIN DROP FUNCTION IF EXISTS order_total(bigint); END $$;",
    "drop a unique constraint of upserts in a list":
      "ALTER TABLE settings ADD COLUMN note text, DROP CONSTRAINT IF EXISTS settings_key_key;",
    "an enum value renamed, in a do": "DO $$ BEGIN ALTER TYPE order_status RENAME VALUE 'shipped' TO 'sent'; END $$;",
    "drop identity if exists": "ALTER TABLE users ALTER COLUMN id DROP IDENTITY IF EXISTS;",
    "add a generated-always identity to a key": { sql: "ALTER TABLE users ALTER COLUMN id SET GENERATED ALWAYS;" },
    "a view over a new column":
      "ALTER TABLE users ADD COLUMN vip boolean;\nCREATE OR REPLACE VIEW active_users AS SELECT id, email, name, vip FROM users WHERE active;",
    "a policy and rls of a table made here":
      "CREATE TABLE notes (id bigint PRIMARY KEY, owner text);\nALTER TABLE notes ENABLE ROW LEVEL SECURITY;\nCREATE POLICY own ON notes USING (owner = current_user);",
    "a default changed": "ALTER TABLE orders ALTER COLUMN status SET DEFAULT 'paid';",
    "a new overload by type":
      "CREATE FUNCTION order_total(code text) RETURNS numeric LANGUAGE sql STABLE AS $$ SELECT 1.0 $$;",
  },
  "unseen, transactions": {
    "concurrently in a later block":
      "BEGIN;\nCREATE TABLE crates (id int);\nCOMMIT;\nBEGIN;\nCREATE INDEX CONCURRENTLY crates_id_idx ON crates (id);\nCOMMIT;",
    "validate with a savepoint between":
      "BEGIN;\nALTER TABLE orders ADD CONSTRAINT q CHECK (quantity > -5) NOT VALID;\nSAVEPOINT one;\nALTER TABLE orders VALIDATE CONSTRAINT q;\nCOMMIT;",
    "blocks apart":
      "BEGIN;\nALTER TABLE documents ADD COLUMN kind text;\nCOMMIT;\nCREATE INDEX CONCURRENTLY documents_kind_idx ON documents (kind);\nBEGIN;\nALTER TABLE documents ALTER COLUMN kind SET DEFAULT 'x';\nCOMMIT;",
    "a column, then a scan of it, in a block":
      "BEGIN;\nALTER TABLE documents ADD COLUMN kind text;\nCREATE TABLE kinds AS SELECT DISTINCT owner_id FROM documents;\nCOMMIT;",
    "an update behind a trigger in a do block":
      "DO $$ BEGIN ALTER TABLE products ADD COLUMN slug text; UPDATE products SET slug = lower(title) WHERE slug IS NULL; END $$;",
    "batches with commit in a do block":
      "DO $$ DECLARE last bigint := 0; BEGIN LOOP UPDATE products SET shelf = shelf WHERE id > last AND id <= last + 25; EXIT WHEN last > 200; COMMIT; last := last + 25; END LOOP; END $$;",
    "an update by a range of keys": "UPDATE documents SET body = body WHERE id BETWEEN 10 AND 20;",
    "a delete by sub-select that is wide":
      "DELETE FROM order_items WHERE order_id IN (SELECT id FROM orders WHERE total > 1);",
    "an update from values": {
      sql: "UPDATE settings SET value = v.value FROM (VALUES ('never', 'x')) AS v (key, value) WHERE settings.key = v.key;",
      unmeasured: "safe only by the rows there are",
    },
    "a new enum value and a function that names it":
      "BEGIN;\nALTER TYPE order_status ADD VALUE 'lost';\nCREATE FUNCTION lost() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT count(*) FROM orders WHERE status = 'lost'); END $$;\nCOMMIT;",
    "several new tables in a block":
      "BEGIN;\nCREATE TABLE a1 (id bigint PRIMARY KEY);\nCREATE TABLE a2 (id bigint PRIMARY KEY, a1_id bigint REFERENCES a1 (id));\nCREATE INDEX ON a2 (a1_id);\nINSERT INTO a1 SELECT generate_series(1, 10);\nINSERT INTO a2 SELECT id, id FROM a1;\nCOMMIT;",
    "timeouts set, then a column":
      "SET lock_timeout = '2s';\nSET statement_timeout = '5s';\nALTER TABLE users ADD COLUMN flag boolean;",
  },
});

/** Rows kept from those who write the rules: of these only the rates are told. */
export const UNSEEN: readonly CorpusRow[] = [...OWN, ...UNSEEN_FROM_TOOLS];
