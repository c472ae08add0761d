import type { CorpusRow } from "../probe/probed-row.js";
import { rowsOf } from "./rows-of.js";

const FULL_NAME = "-- @phase expand\nALTER TABLE users ADD COLUMN full_name text;";

/** Files with phases, run as our runner does. */
export const PHASED: readonly CorpusRow[] = rowsOf({
  "phases, expand": {
    "a column and an index in one transaction":
      "-- @phase expand\nALTER TABLE users ADD COLUMN flag boolean;\nCREATE INDEX users_flag_idx ON users (flag);",
    "a column":
      "-- @phase expand\n-- @why  people have flags\nALTER TABLE users ADD COLUMN flag boolean NOT NULL DEFAULT false;",
    "a column, verified":
      "ALTER TABLE users ADD COLUMN flag boolean;\n\n-- @verify\nSELECT true;\n\n-- @rollback\nALTER TABLE users DROP COLUMN flag;",
    "a concurrent index":
      "CREATE INDEX CONCURRENTLY users_age_idx ON users (age);\n\n-- @rollback\nDROP INDEX CONCURRENTLY users_age_idx;",
    "a drop": "-- @phase expand\nDROP TABLE order_items;",
    "a delete": "DELETE FROM documents;",
    "a rename": "ALTER TABLE users RENAME COLUMN nickname TO handle;",
    "a type change": "ALTER TABLE users ALTER COLUMN age TYPE bigint;",
    "a check, valid": "ALTER TABLE orders ADD CONSTRAINT c CHECK (quantity >= 0);",
    "a check, not valid": "ALTER TABLE orders ADD CONSTRAINT c CHECK (quantity >= 0) NOT VALID;",
    "not valid and validate in one":
      "ALTER TABLE orders ADD CONSTRAINT c CHECK (quantity >= 0) NOT VALID;\nALTER TABLE orders VALIDATE CONSTRAINT c;",
    "a new table with its keys":
      "CREATE TABLE baskets (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users (id));\nCREATE INDEX ON baskets (user_id);",
    "a new table filled under a key":
      "CREATE TABLE baskets (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users (id));\nINSERT INTO baskets SELECT id, user_id FROM orders;",
    "an enum value used at once":
      "ALTER TYPE order_status ADD VALUE 'refunded';\nALTER TABLE orders ALTER COLUMN status SET DEFAULT 'refunded';",
    "an enum value": "ALTER TYPE order_status ADD VALUE 'refunded';",
    "a sync trigger":
      "ALTER TABLE users ADD COLUMN display_name text;\nCREATE FUNCTION copy_name() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.display_name := NEW.name; RETURN NEW; END $$;\nCREATE TRIGGER users_copy_name BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION copy_name();",
    "a key, not valid":
      "ALTER TABLE order_items ADD CONSTRAINT items_order_fk FOREIGN KEY (order_id) REFERENCES orders (id) NOT VALID;",
    "a widening": "ALTER TABLE products ALTER COLUMN sku TYPE varchar(100);",
    "a required column": "ALTER TABLE users ADD COLUMN region text NOT NULL;",
    "a serial": "ALTER TABLE documents ADD COLUMN number bigserial;",
    "a copy behind a lock":
      "ALTER TABLE users ADD COLUMN flag boolean;\nCREATE TABLE sums AS SELECT user_id, sum(total) AS total FROM orders GROUP BY 1;",
    "a constraint by its index":
      "CREATE UNIQUE INDEX CONCURRENTLY products_title_idx ON products (title);\nALTER TABLE products ADD CONSTRAINT products_title_key UNIQUE USING INDEX products_title_idx;",
  },
  "phases, switch": {
    validated: {
      before: ["ALTER TABLE orders ADD CONSTRAINT c CHECK (quantity >= 0) NOT VALID;"],
      sql: "-- @phase switch\nALTER TABLE orders VALIDATE CONSTRAINT c;",
    },
    "not null, proven": {
      before: [
        "CREATE TABLE crates (id int PRIMARY KEY, size int);",
        "ALTER TABLE crates ADD CONSTRAINT sized CHECK (size IS NOT NULL) NOT VALID;",
        "-- @phase switch\nALTER TABLE crates VALIDATE CONSTRAINT sized;",
      ],
      rows: "INSERT INTO crates SELECT n, n FROM generate_series(1, 200) n",
      sql: "-- @phase switch\nALTER TABLE crates ALTER COLUMN size SET NOT NULL;",
    },
    "not null, unproven": "-- @phase switch\nALTER TABLE products ALTER COLUMN title SET NOT NULL;",
    "a default": "-- @phase switch\nALTER TABLE orders ALTER COLUMN quantity SET DEFAULT 3;",
    "a view":
      "-- @phase switch\nCREATE OR REPLACE VIEW active_users AS SELECT id, email, name, age FROM users WHERE active;",
    "a function's body":
      "-- @phase switch\nCREATE OR REPLACE FUNCTION house_code() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'home'::text $$;",
    "a default dropped": "-- @phase switch\nALTER TABLE orders ALTER COLUMN quantity DROP DEFAULT;",
    "a materialized view refreshed": "-- @phase switch\nREFRESH MATERIALIZED VIEW sales_by_user;",
    "a materialized view refreshed concurrently":
      "-- @phase switch\nREFRESH MATERIALIZED VIEW CONCURRENTLY sales_by_user;",
  },
  "phases, backfill": {
    "in batches": {
      before: [FULL_NAME],
      sql: "-- @phase backfill\n-- @batch table=users key=id\nUPDATE users SET full_name = name WHERE full_name IS NULL AND id BETWEEN :from AND :to;",
    },
    "in batches, two keys": {
      before: ["ALTER TABLE order_items ADD COLUMN weight int;"],
      sql: "-- @phase backfill\n-- @batch table=order_items key=order_id,line\nUPDATE order_items SET weight = amount WHERE weight IS NULL AND (order_id, line) BETWEEN (:from) AND (:to);",
    },
    "a copy": {
      before: ["CREATE TABLE papers (id bigint PRIMARY KEY, body text);"],
      sql: "-- @phase backfill\n-- @batch table=documents key=id\nINSERT INTO papers (id, body) SELECT id, body FROM documents WHERE id BETWEEN :from AND :to ON CONFLICT (id) DO NOTHING;",
    },
  },
  "phases, contract": {
    "a drop of a column": {
      before: [FULL_NAME],
      sql: "-- @phase contract\n-- @closes 0004\nALTER TABLE users DROP COLUMN nickname;",
    },
    "a drop of a table": { before: [FULL_NAME], sql: "-- @phase contract\n-- @closes 0004\nDROP TABLE order_items;" },
    "a rename": {
      before: [FULL_NAME],
      sql: "-- @phase contract\n-- @closes 0004\nALTER TABLE users RENAME COLUMN nickname TO handle;",
    },
    "a revoke": {
      before: [FULL_NAME],
      sql: "-- @phase contract\n-- @closes 0004\nREVOKE SELECT ON documents FROM shop_app;",
    },
    "a type change that rewrites": {
      before: [FULL_NAME],
      sql: "-- @phase contract\n-- @closes 0004\nALTER TABLE users ALTER COLUMN age TYPE bigint;",
    },
    "a drop of an index, concurrently": {
      before: [FULL_NAME],
      sql: "-- @phase contract\n-- @closes 0004\nDROP INDEX CONCURRENTLY users_name_idx;",
    },
    "an index build": {
      before: [FULL_NAME],
      sql: "-- @phase contract\n-- @closes 0004\nALTER TABLE users DROP COLUMN nickname;\nCREATE INDEX users_age_idx ON users (age);",
    },
  },
}).map((row) => ({ ...row, manner: "holdfast" }));
