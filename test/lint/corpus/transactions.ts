import { rowsOf } from "./rows-of.js";

const NOT_VALID_FK =
  "ALTER TABLE order_items ADD CONSTRAINT items_order_fk FOREIGN KEY (order_id) REFERENCES orders (id) NOT VALID;";

/** Section 5 of the rules: transactions, context and order. */
export const TRANSACTIONS = rowsOf({
  "concurrently-in-tx": {
    "create index": "BEGIN;\nCREATE INDEX CONCURRENTLY users_age_idx ON users (age);\nCOMMIT;",
    "start transaction": "START TRANSACTION;\nCREATE UNIQUE INDEX CONCURRENTLY users_age_idx ON users (id, age);\nEND;",
    "drop index": "BEGIN;\nDROP INDEX CONCURRENTLY users_name_idx;\nCOMMIT;",
    reindex: "BEGIN;\nREINDEX TABLE CONCURRENTLY users;\nCOMMIT;",
    vacuum: "BEGIN;\nVACUUM users;\nCOMMIT;",
    "in a do block": "DO $$ BEGIN CREATE INDEX CONCURRENTLY users_age_idx ON users (age); END $$;",
    "in a do block, as text": "DO $$ BEGIN EXECUTE 'CREATE INDEX CONCURRENTLY users_age_idx ON users (age)'; END $$;",
    "in a function":
      "CREATE FUNCTION build() RETURNS void LANGUAGE plpgsql AS $$ BEGIN CREATE INDEX CONCURRENTLY users_age_idx ON users (age); END $$;\nSELECT build();",
    "after a commit":
      "BEGIN;\nALTER TABLE users ADD COLUMN flag boolean;\nCOMMIT;\nCREATE INDEX CONCURRENTLY users_flag_idx ON users (flag);",
    "create database": "BEGIN;\nCREATE DATABASE shop_second;\nCOMMIT;",
    "alter system": "BEGIN;\nALTER SYSTEM SET work_mem = '8MB';\nCOMMIT;",
    detach: "BEGIN;\nALTER TABLE events DETACH PARTITION events_2025 CONCURRENTLY;\nCOMMIT;",
  },
  "validate-in-same-tx": {
    "a check":
      "BEGIN;\nALTER TABLE orders ADD CONSTRAINT c CHECK (quantity >= 0) NOT VALID;\nALTER TABLE orders VALIDATE CONSTRAINT c;\nCOMMIT;",
    "a key": `BEGIN;\n${NOT_VALID_FK}\nALTER TABLE order_items VALIDATE CONSTRAINT items_order_fk;\nCOMMIT;`,
    "in one do block":
      "DO $$ BEGIN ALTER TABLE orders ADD CONSTRAINT c CHECK (quantity >= 0) NOT VALID; ALTER TABLE orders VALIDATE CONSTRAINT c; END $$;",
    "with a commit between":
      "BEGIN;\nALTER TABLE orders ADD CONSTRAINT c CHECK (quantity >= 0) NOT VALID;\nCOMMIT;\nBEGIN;\nALTER TABLE orders VALIDATE CONSTRAINT c;\nCOMMIT;",
    "each in its own": `${NOT_VALID_FK}\nALTER TABLE order_items VALIDATE CONSTRAINT items_order_fk;`,
    "in one alter table": "ALTER TABLE orders ADD CONSTRAINT c CHECK (quantity >= 0) NOT VALID, VALIDATE CONSTRAINT c;",
  },
  "statement-after-access-exclusive": {
    "an index build":
      "BEGIN;\nALTER TABLE users ADD COLUMN flag boolean;\nCREATE INDEX users_age_idx ON users (age);\nCOMMIT;",
    "a copy of another table":
      "BEGIN;\nALTER TABLE users ADD COLUMN flag boolean;\nCREATE TABLE sums AS SELECT user_id, sum(total) AS total FROM orders GROUP BY 1;\nCOMMIT;",
    "an insert from a table":
      "BEGIN;\nCREATE TABLE papers (LIKE documents);\nALTER TABLE documents ADD COLUMN moved boolean DEFAULT false;\nINSERT INTO papers SELECT id, owner_id, body FROM documents;\nCOMMIT;",
    "a count":
      "BEGIN;\nALTER TABLE users ADD COLUMN flag boolean;\nSELECT count(*) FROM orders WHERE note IS NULL;\nCOMMIT;",
    "a key from a new table, then its rows":
      "BEGIN;\nCREATE TABLE baskets (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));\nINSERT INTO baskets SELECT id, user_id FROM orders;\nCOMMIT;",
    "the same without a block":
      "CREATE TABLE baskets (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));\nINSERT INTO baskets SELECT id, user_id FROM orders;",
    "other short work":
      "BEGIN;\nALTER TABLE users ADD COLUMN flag boolean;\nCOMMENT ON COLUMN users.flag IS 'x';\nALTER TABLE users ALTER COLUMN flag SET DEFAULT true;\nCOMMIT;",
    "a copy before the lock":
      "BEGIN;\nCREATE TABLE sums AS SELECT user_id, sum(total) AS total FROM orders GROUP BY 1;\nCOMMIT;\nALTER TABLE users ADD COLUMN flag boolean;",
    "a validation of another table": {
      before: [NOT_VALID_FK],
      sql: "BEGIN;\nALTER TABLE users ADD COLUMN flag boolean;\nALTER TABLE order_items VALIDATE CONSTRAINT items_order_fk;\nCOMMIT;",
    },
    "after a savepoint that was undone": {
      sql: "BEGIN;\nSAVEPOINT a;\nALTER TABLE users ADD COLUMN flag boolean;\nROLLBACK TO a;\nCREATE TABLE sums AS SELECT user_id, sum(total) AS total FROM orders GROUP BY 1;\nCOMMIT;",
      unmeasured: "nobody writes that",
    },
  },
  "many-strong-locks": {
    "two tables": {
      sql: "BEGIN;\nALTER TABLE users ADD COLUMN a int;\nALTER TABLE orders ADD COLUMN a int;\nCOMMIT;",
      unmeasured: "waits add up only where others wait",
    },
    "two tables, each its own": "ALTER TABLE users ADD COLUMN a int;\nALTER TABLE orders ADD COLUMN a int;",
  },
  "ddl-plus-dml": {
    "a new column filled":
      "BEGIN;\nALTER TABLE users ADD COLUMN full_name text;\nUPDATE users SET full_name = name WHERE full_name IS NULL;\nCOMMIT;",
    "filled in a do block":
      "DO $$ BEGIN ALTER TABLE users ADD COLUMN full_name text; UPDATE users SET full_name = name; END $$;",
    "one row only":
      "BEGIN;\nALTER TABLE settings ADD COLUMN note text;\nINSERT INTO settings (key, value) VALUES ('colour', 'red');\nCOMMIT;",
  },
  "unbatched-backfill": {
    "where null": "UPDATE users SET nickname = 'none' WHERE nickname IS NULL;",
    "a wide condition": "UPDATE orders SET note = note WHERE placed_at < now() + interval '1 day';",
    "a join": "UPDATE billing.invoices i SET paid = true FROM orders o WHERE o.id = i.id;",
    "a wide delete": "DELETE FROM events WHERE happened_at < '2026-01-01';",
    "a delete by sub-select": "DELETE FROM orders WHERE user_id IN (SELECT id FROM users WHERE active);",
    "a filled new column of an earlier file": {
      before: ["ALTER TABLE users ADD COLUMN full_name text;"],
      sql: "UPDATE users SET full_name = name WHERE full_name IS NULL;",
    },
    "by key, a row": "UPDATE documents SET body = body WHERE id = 7;",
    "by key, a few": "UPDATE documents SET body = body WHERE id IN (1, 2, 3);",
    "a copy to a new table": "CREATE TABLE papers AS SELECT id, body FROM documents;",
    "an insert from a table": "INSERT INTO audit_log (what) SELECT 'user ' || id FROM users;",
    "in a do loop without commit":
      "DO $$ DECLARE n int := 0; BEGIN WHILE n < 200 LOOP UPDATE documents SET body = body WHERE id > n AND id <= n + 50; n := n + 50; END LOOP; END $$;",
  },
  "do-loop-without-commit": {
    "with a commit": {
      sql: "DO $$ DECLARE n int := 0; BEGIN WHILE n < 200 LOOP UPDATE documents SET body = body WHERE id > n AND id <= n + 50; COMMIT; n := n + 50; END LOOP; END $$;",
    },
    "in a procedure with a commit": {
      sql: "CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$ DECLARE n int := 0; BEGIN WHILE n < 200 LOOP UPDATE documents SET body = body WHERE id > n AND id <= n + 50; COMMIT; n := n + 50; END LOOP; END $$;\nCALL fill();",
    },
    "in a procedure without":
      "CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$ DECLARE n int := 0; BEGIN WHILE n < 200 LOOP UPDATE documents SET body = body WHERE id > n AND id <= n + 50; n := n + 50; END LOOP; END $$;\nCALL fill();",
    "until found no more":
      "DO $$ BEGIN LOOP UPDATE users SET nickname = 'none' WHERE id IN (SELECT id FROM users WHERE nickname IS NULL LIMIT 10); EXIT WHEN NOT FOUND; END LOOP; END $$;",
  },
  "enum-value-used-in-tx": {
    "in an insert":
      "BEGIN;\nALTER TYPE order_status ADD VALUE 'refunded';\nINSERT INTO orders (user_id, total, status) VALUES (1, 1, 'refunded');\nCOMMIT;",
    "as a default":
      "BEGIN;\nALTER TYPE order_status ADD VALUE 'refunded';\nALTER TABLE orders ALTER COLUMN status SET DEFAULT 'refunded';\nCOMMIT;",
    "in a cast": "BEGIN;\nALTER TYPE order_status ADD VALUE 'refunded';\nSELECT 'refunded'::order_status;\nCOMMIT;",
    "in transactions of their own":
      "ALTER TYPE order_status ADD VALUE 'refunded';\nINSERT INTO orders (user_id, total, status) VALUES (1, 1, 'refunded');",
    "of a type made here":
      "BEGIN;\nCREATE TYPE mood AS ENUM ('good');\nALTER TYPE mood ADD VALUE 'bad';\nCREATE TABLE moods (m mood DEFAULT 'bad');\nCOMMIT;",
  },
  "enum-add-in-tx": {
    "in a block": "BEGIN;\nALTER TYPE order_status ADD VALUE 'refunded';\nCOMMIT;",
  },
  "uncommitted-tx": {
    "never committed": {
      sql: "BEGIN;\nALTER TABLE users ADD COLUMN flag boolean;",
      unmeasured: "what becomes of it depends on the tool",
    },
  },
  "set-local-outside-tx": {
    "a timeout": {
      sql: "SET LOCAL lock_timeout = '1s';\nALTER TABLE users ADD COLUMN flag boolean;",
      unmeasured: "no harm but the missing timeout",
    },
  },
  "new-table-exempt": {
    like: "CREATE TABLE papers (LIKE documents INCLUDING ALL);\nALTER TABLE papers ADD COLUMN token uuid DEFAULT gen_random_uuid();\nALTER TABLE papers ALTER COLUMN body SET NOT NULL;\nCREATE INDEX ON papers (body);",
    inherits:
      "CREATE TABLE special_documents (extra text) INHERITS (documents);\nALTER TABLE special_documents ALTER COLUMN extra TYPE varchar(10);",
    "in a new schema":
      "CREATE SCHEMA attic;\nCREATE TABLE attic.users (id int);\nALTER TABLE attic.users ADD COLUMN a float8 DEFAULT random(), ALTER COLUMN id TYPE bigint;",
    "by search_path":
      "CREATE SCHEMA attic;\nSET search_path = attic;\nCREATE TABLE users (id int, nickname text);\nALTER TABLE users DROP COLUMN nickname;",
    "filled and keyed":
      "CREATE TABLE papers AS SELECT id, owner_id FROM documents;\nALTER TABLE papers ADD PRIMARY KEY (id);\nALTER TABLE papers ADD CONSTRAINT papers_owner_ok CHECK (owner_id >= 0);",
    "a quoted twin":
      'CREATE TABLE "Users" (id int);\nALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();',
    "not there already":
      "CREATE TABLE IF NOT EXISTS users (id int);\nALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();",
    "rolled back":
      "BEGIN;\nCREATE TABLE pile (id int);\nROLLBACK;\nALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();",
    "a table of an earlier file": {
      before: ["CREATE TABLE crates (id int PRIMARY KEY);"],
      rows: "INSERT INTO crates SELECT generate_series(1, 200)",
      sql: "ALTER TABLE crates ADD COLUMN token uuid DEFAULT gen_random_uuid();",
    },
    "a temporary twin": {
      sql: "CREATE TEMP TABLE documents (id int);\nDELETE FROM documents;\nDELETE FROM public.documents;",
    },
    "a temporary twin only": "CREATE TEMP TABLE documents (id int);\nDELETE FROM documents;",
    "temporary, dropped at commit":
      "BEGIN;\nCREATE TEMP TABLE pile ON COMMIT DROP AS SELECT id FROM users WHERE id < 9;\nUPDATE pile SET id = 1;\nCOMMIT;",
    "gone at commit, the name means the old one":
      "BEGIN;\nCREATE TEMP TABLE audit_log (id int) ON COMMIT DROP;\nCOMMIT;\nDELETE FROM audit_log;",
  },
  "fk-without-index": {
    without: {
      sql: "CREATE TABLE baskets (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));",
      unmeasured: "harm with later deletes of the parent",
    },
  },
  "nested-tx": {
    "two blocks":
      "BEGIN;\nALTER TABLE users ADD COLUMN a int;\nCOMMIT;\nBEGIN;\nALTER TABLE orders ADD COLUMN a int;\nCOMMIT;",
    "a begin within": {
      sql: "BEGIN;\nBEGIN;\nALTER TABLE users ADD COLUMN a int;\nCOMMIT;",
      unmeasured: "only a warning of the server",
    },
  },
});
