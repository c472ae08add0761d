import { rowsOf } from "./rows-of.js";

/** Section 3 of the rules: indexes, views and other locks. */
export const LOCKS = rowsOf({
  "create-index-blocking": {
    named: "CREATE INDEX users_age_idx ON users (age);",
    unnamed: "create index on orders (placed_at);",
    unique: "CREATE UNIQUE INDEX products_title_idx ON products (title);",
    "if not exists": "CREATE INDEX IF NOT EXISTS orders_note_idx ON public.orders USING btree (note);",
    "partial, only, with an expression": "CREATE INDEX users_low_idx ON ONLY users (lower(nickname)) WHERE active;",
    gin: "CREATE INDEX users_tags_idx ON users USING gin (tags);",
    "on a materialized view": {
      sql: "CREATE INDEX sales_total_idx ON sales_by_user (total);",
      unmeasured: "only a REFRESH waits for it",
    },
    "on an old table after a new one of that name elsewhere":
      "CREATE TABLE billing.orders (id int);\nCREATE INDEX orders_note_idx ON public.orders (note);",
    "on what may be old": "CREATE TABLE IF NOT EXISTS users (id int);\nCREATE INDEX users_age_idx ON users (age);",
    concurrently: "CREATE INDEX CONCURRENTLY users_age_idx ON users (age);",
    "unique, concurrently, if not exists": {
      sql: "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS products_title_idx ON products (title);",
    },
    "on a new table": "CREATE TABLE crates (id int, size int);\nCREATE INDEX crates_size_idx ON crates (size);",
    "on a new table in a schema":
      "CREATE TABLE billing.crates (id int, size int);\nCREATE INDEX ON billing.crates (size);",
    "on a temporary table":
      "CREATE TEMP TABLE pile AS SELECT id, age FROM users WHERE id < 5;\nCREATE INDEX ON pile (age);",
    "on a copy": "CREATE TABLE crates AS SELECT id, age FROM users WHERE id < 5;\nCREATE UNIQUE INDEX ON crates (id);",
    "on a new table under its new name":
      "CREATE TABLE crates (id int);\nALTER TABLE crates RENAME TO boxes;\nCREATE INDEX ON boxes (id);",
    "on a new table in a block":
      "BEGIN;\nCREATE TABLE crates (id int, size int);\nCREATE INDEX crates_size_idx ON crates (size);\nCOMMIT;",
    "on a new materialized view":
      "CREATE MATERIALIZED VIEW sales_by_day AS SELECT placed_at::date AS day, sum(total) AS total FROM orders GROUP BY 1;\nCREATE UNIQUE INDEX ON sales_by_day (day);",
    "select into": "SELECT id, age INTO crates FROM users WHERE id < 5;\nCREATE INDEX ON crates (age);",
  },
  "create-index-partitioned": {
    "on the parent": "CREATE INDEX events_kind_idx ON events (kind);",
    "concurrently on the parent": "CREATE INDEX CONCURRENTLY events_kind_idx ON events (kind);",
    "only on the parent": "CREATE INDEX events_kind_idx ON ONLY events (kind);",
    "step by step":
      "CREATE INDEX events_kind_idx ON ONLY events (kind);\nCREATE INDEX CONCURRENTLY events_2025_kind_idx ON events_2025 (kind);\nALTER INDEX events_kind_idx ATTACH PARTITION events_2025_kind_idx;\nCREATE INDEX CONCURRENTLY events_2026_kind_idx ON events_2026 (kind);\nALTER INDEX events_kind_idx ATTACH PARTITION events_2026_kind_idx;",
  },
  "drop-index-blocking": {
    concurrently: { sql: "DROP INDEX CONCURRENTLY users_name_idx;", unmeasured: "queries are slower, and none fails" },
    "at once": { sql: "DROP INDEX users_name_idx;", unmeasured: "a short lock: harm only behind a long reader" },
    "unique, a target of upserts": "DROP INDEX users_email_key;",
    "unique, concurrently": "DROP INDEX CONCURRENTLY users_email_key;",
    "of a new table":
      "CREATE TABLE crates (id int);\nCREATE INDEX crates_id_idx ON crates (id);\nDROP INDEX crates_id_idx;",
  },
  "replace-index-order": {
    "dropped first": {
      sql: "DROP INDEX CONCURRENTLY users_name_idx;\nCREATE INDEX CONCURRENTLY users_name_idx ON users (name, id);",
      unmeasured: "queries are slower in between",
    },
    "made first": {
      sql: "CREATE INDEX CONCURRENTLY users_name_id_idx ON users (name, id);\nDROP INDEX CONCURRENTLY users_name_idx;",
    },
  },
  "concurrent-without-name": {
    "without a name": {
      sql: "CREATE INDEX CONCURRENTLY ON users (age);",
      unmeasured: "harm only when it is tried again",
    },
  },
  "reindex-blocking": {
    "an index": "REINDEX INDEX users_name_idx;",
    "a table": "REINDEX TABLE users;",
    "a schema": "REINDEX SCHEMA billing;",
    verbose: "REINDEX (VERBOSE) TABLE orders;",
    "concurrently false": "REINDEX (CONCURRENTLY false) INDEX users_name_idx;",
    concurrently: "REINDEX INDEX CONCURRENTLY users_name_idx;",
    "concurrently in brackets": "REINDEX (CONCURRENTLY) TABLE users;",
    "concurrently in brackets, true": "REINDEX (VERBOSE, CONCURRENTLY true) TABLE orders;",
  },
  "refresh-matview-blocking": {
    "at once": "REFRESH MATERIALIZED VIEW sales_by_user;",
    "with data": "refresh materialized view public.sales_by_user with data;",
    "without data": "REFRESH MATERIALIZED VIEW sales_by_user WITH NO DATA;",
    concurrently: "REFRESH MATERIALIZED VIEW CONCURRENTLY sales_by_user;",
    "a new one": "CREATE MATERIALIZED VIEW few AS SELECT id FROM users WHERE id < 9;\nREFRESH MATERIALIZED VIEW few;",
  },
  "lock-table": {
    "and a scan":
      "BEGIN;\nLOCK TABLE orders;\nCREATE TABLE sums AS SELECT user_id, sum(total) AS total FROM orders GROUP BY 1;\nCOMMIT;",
    "share and a scan":
      "BEGIN;\nLOCK TABLE orders IN SHARE MODE;\nCREATE TABLE sums AS SELECT user_id, sum(total) AS total FROM orders GROUP BY 1;\nCOMMIT;",
    "access share and a scan":
      "BEGIN;\nLOCK TABLE orders IN ACCESS SHARE MODE;\nCREATE TABLE sums AS SELECT user_id, sum(total) AS total FROM orders GROUP BY 1;\nCOMMIT;",
    "alone in a block": {
      sql: "BEGIN;\nLOCK TABLE orders IN ACCESS EXCLUSIVE MODE;\nCOMMIT;",
      unmeasured: "nothing is done under it",
    },
    "outside a block": {
      sql: "LOCK TABLE orders;",
      unmeasured: "a tool that wraps each statement locks for a moment, one that does not fails",
    },
  },
  "create-trigger": {
    "on a live table": "CREATE TRIGGER users_again BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch_user();",
    "one that stops writers": {
      sql: "CREATE FUNCTION no_more() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'closed'; END $$;\nCREATE TRIGGER documents_closed BEFORE INSERT ON documents FOR EACH ROW EXECUTE FUNCTION no_more();",
      unmeasured: "what a trigger's body does to others' writes no rule claims to know",
    },
    "a sync trigger":
      "ALTER TABLE users ADD COLUMN display_name text;\nCREATE FUNCTION copy_name() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.display_name := NEW.name; RETURN NEW; END $$;\nCREATE TRIGGER users_copy_name BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION copy_name();",
    "on a new table":
      "CREATE TABLE crates (id int, last_seen timestamptz);\nCREATE TRIGGER crates_touch BEFORE UPDATE ON crates FOR EACH ROW EXECUTE FUNCTION touch_user();",
    replaced:
      "CREATE OR REPLACE TRIGGER users_touch BEFORE UPDATE OF email ON users FOR EACH ROW EXECUTE FUNCTION touch_user();",
  },
  "storage-settings": {
    fillfactor: "ALTER TABLE users SET (fillfactor = 80);",
    statistics: "ALTER TABLE users ALTER COLUMN age SET STATISTICS 500;",
    autovacuum: "ALTER TABLE orders SET (autovacuum_vacuum_scale_factor = 0.02), ALTER COLUMN note SET STATISTICS 10;",
    reset: "ALTER TABLE users RESET (fillfactor);",
    "extended statistics": "CREATE STATISTICS users_stats ON age, active FROM users;",
    "storage of a column": "ALTER TABLE documents ALTER COLUMN body SET STORAGE EXTERNAL;",
    compression: "ALTER TABLE documents ALTER COLUMN body SET COMPRESSION pglz;",
    "of an index": "ALTER INDEX users_name_idx SET (fillfactor = 70);",
    "a comment": "COMMENT ON TABLE users IS 'people';\nCOMMENT ON COLUMN users.age IS 'in years';",
    "replica identity": "ALTER TABLE users REPLICA IDENTITY FULL;",
    validate: {
      before: ["ALTER TABLE orders ADD CONSTRAINT orders_quantity_ok CHECK (quantity >= 0) NOT VALID;"],
      sql: "ALTER TABLE orders VALIDATE CONSTRAINT orders_quantity_ok;",
    },
    "validate a key": {
      before: [
        "ALTER TABLE order_items ADD CONSTRAINT items_order_fk FOREIGN KEY (order_id) REFERENCES orders (id) NOT VALID;",
      ],
      sql: "ALTER TABLE order_items VALIDATE CONSTRAINT items_order_fk;",
    },
  },
  "rename-index": {
    "by alter index": "ALTER INDEX users_name_idx RENAME TO users_by_name;",
    "if exists": "ALTER INDEX IF EXISTS public.users_name_idx RENAME TO users_by_name;",
    "a constraint": {
      sql: "ALTER TABLE products RENAME CONSTRAINT products_sku_key TO products_sku_unique;",
      unmeasured: "ON CONFLICT ON CONSTRAINT names it, which the shop's client does not",
    },
  },
  "create-view": {
    "a new one": "CREATE VIEW big_orders AS SELECT id, total FROM orders WHERE total > 100;",
    "or replace, with one more column":
      "CREATE OR REPLACE VIEW active_users AS SELECT id, email, name, age FROM users WHERE active;",
    "or replace, with fewer columns":
      "CREATE OR REPLACE VIEW active_users AS SELECT id, email FROM users WHERE active;",
    "a new materialized one":
      "CREATE MATERIALIZED VIEW by_day AS SELECT shipped_on, count(*) FROM orders GROUP BY 1 WITH NO DATA;",
    "a new function": "CREATE FUNCTION add_one(n int) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT n + 1 $$;",
    "a new type and domain":
      "CREATE TYPE mood AS ENUM ('good', 'bad');\nCREATE DOMAIN percent AS int CHECK (VALUE BETWEEN 0 AND 100);\nCREATE TABLE surveys (id bigint PRIMARY KEY, mood mood, score percent);",
    "a new sequence": "CREATE SEQUENCE ticket_numbers OWNED BY NONE;",
    "an extension": "CREATE EXTENSION IF NOT EXISTS pg_trgm;",
    "a new schema with a table": "CREATE SCHEMA attic CREATE TABLE things (id int PRIMARY KEY);",
    "a grant": "GRANT SELECT ON users TO shop_reports;",
    "default privileges": "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO shop_reports;",
  },
});
