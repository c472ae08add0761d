import { rowsOf } from "./rows-of.js";

/** Section 2 of the rules, second half: what constraints, partitions and moves on disk cost. */
export const TABLE_SCANS = rowsOf({
  "add-check-valid": {
    named: "ALTER TABLE orders ADD CONSTRAINT orders_quantity_ok CHECK (quantity >= 0);",
    unnamed: "ALTER TABLE orders ADD CHECK (quantity >= 0);",
    "inline with a default": "ALTER TABLE users ADD COLUMN points int DEFAULT 1 CHECK (points > 0);",
    "inline without a default": "ALTER TABLE users ADD COLUMN points int CHECK (points > 0);",
    "not valid": "ALTER TABLE orders ADD CONSTRAINT orders_quantity_ok CHECK (quantity >= 0) NOT VALID;",
    "not valid, validated after":
      "ALTER TABLE orders ADD CONSTRAINT orders_quantity_ok CHECK (quantity >= 0) NOT VALID;\nALTER TABLE orders VALIDATE CONSTRAINT orders_quantity_ok;",
    "not enforced": "ALTER TABLE orders ADD CONSTRAINT orders_quantity_ok CHECK (quantity >= 0) NOT ENFORCED;",
    "of a new table": "CREATE TABLE crates (id int);\nALTER TABLE crates ADD CHECK (id > 0);",
    "of a partitioned table": "ALTER TABLE events ADD CONSTRAINT events_id_ok CHECK (id > 0);",
    "of two, one valid":
      "ALTER TABLE orders ADD CONSTRAINT a CHECK (quantity >= 0) NOT VALID, ADD CONSTRAINT b CHECK (total >= 0);",
  },
  "add-fk-valid": {
    named: "ALTER TABLE order_items ADD CONSTRAINT items_order_fk FOREIGN KEY (order_id) REFERENCES orders (id);",
    "unnamed, to the key": "ALTER TABLE billing.invoices ADD FOREIGN KEY (user_id) REFERENCES public.users;",
    "not valid":
      "ALTER TABLE order_items ADD CONSTRAINT items_order_fk FOREIGN KEY (order_id) REFERENCES orders (id) NOT VALID;",
    "not valid, validated after":
      "ALTER TABLE order_items ADD CONSTRAINT items_order_fk FOREIGN KEY (order_id) REFERENCES orders (id) NOT VALID;\nALTER TABLE order_items VALIDATE CONSTRAINT items_order_fk;",
    "from a new table":
      "CREATE TABLE baskets (id bigint PRIMARY KEY, user_id bigint);\nALTER TABLE baskets ADD CONSTRAINT baskets_user_fk FOREIGN KEY (user_id) REFERENCES users (id);",
    "in the create table":
      "CREATE TABLE baskets (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users (id), order_id bigint, FOREIGN KEY (order_id) REFERENCES orders);",
    "to a new table": {
      sql: "CREATE TABLE shelves (id bigint PRIMARY KEY);\nALTER TABLE documents ADD COLUMN shelf_id bigint REFERENCES shelves (id);",
    },
  },
  "add-fk-inline-column": {
    nullable: "ALTER TABLE documents ADD COLUMN reader_id bigint REFERENCES users (id);",
    "with a default": "ALTER TABLE documents ADD COLUMN reader_id bigint DEFAULT 1 REFERENCES users (id);",
  },
  "add-fk-partitioned": {
    valid: {
      before: ["CREATE TABLE kinds (id bigint PRIMARY KEY);"],
      rows: "INSERT INTO kinds SELECT generate_series(1, 10000)",
      sql: "ALTER TABLE events ADD CONSTRAINT events_kind_fk FOREIGN KEY (id) REFERENCES kinds (id);",
    },
  },
  "add-unique": {
    named: "ALTER TABLE products ADD CONSTRAINT products_title_key UNIQUE (title);",
    unnamed: "ALTER TABLE users ADD UNIQUE (nickname);",
    "with a new column": "ALTER TABLE users ADD COLUMN handle text UNIQUE;",
    "by an index built before":
      "CREATE UNIQUE INDEX CONCURRENTLY products_title_idx ON products (title);\nALTER TABLE products ADD CONSTRAINT products_title_key UNIQUE USING INDEX products_title_idx;",
    "of a new table": "CREATE TABLE crates (id int);\nALTER TABLE crates ADD UNIQUE (id);",
    "nulls not distinct":
      "ALTER TABLE products ADD CONSTRAINT products_title_key UNIQUE NULLS NOT DISTINCT (title, price);",
  },
  "add-primary-key": {
    "on an old table": "ALTER TABLE audit_log ADD PRIMARY KEY (id);",
    "with a new column": "ALTER TABLE audit_log ADD COLUMN key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY;",
    "by an index on a column that is never null":
      "CREATE UNIQUE INDEX CONCURRENTLY audit_log_pk ON audit_log (id);\nALTER TABLE audit_log ADD CONSTRAINT audit_log_pkey PRIMARY KEY USING INDEX audit_log_pk;",
    "of a new table": "CREATE TABLE crates (id int);\nALTER TABLE crates ADD PRIMARY KEY (id);",
  },
  "pk-using-index-nullable": {
    "a nullable column": {
      before: [
        "CREATE TABLE crates (id int, size int);",
        "CREATE UNIQUE INDEX CONCURRENTLY crates_id_idx ON crates (id);",
      ],
      rows: "INSERT INTO crates SELECT n, n FROM generate_series(1, 200) n",
      sql: "ALTER TABLE crates ADD CONSTRAINT crates_pkey PRIMARY KEY USING INDEX crates_id_idx;",
    },
    "a proven column": {
      before: [
        "CREATE TABLE crates (id int, size int, CONSTRAINT there CHECK (id IS NOT NULL));",
        "CREATE UNIQUE INDEX CONCURRENTLY crates_id_idx ON crates (id);",
      ],
      rows: "INSERT INTO crates SELECT n, n FROM generate_series(1, 200) n",
      sql: "ALTER TABLE crates ADD CONSTRAINT crates_pkey PRIMARY KEY USING INDEX crates_id_idx;",
    },
  },
  "add-exclusion": {
    "on an old table":
      "ALTER TABLE products ADD CONSTRAINT no_overlap EXCLUDE USING gist (daterange(sale_from, sale_to, '[]') WITH &&) WHERE (id < 0);",
    "of a new table":
      "CREATE TABLE bookings (during daterange);\nALTER TABLE bookings ADD EXCLUDE USING gist (during WITH &&);",
  },
  "domain-constraint": {
    "a check": "ALTER DOMAIN email_address ADD CONSTRAINT not_empty CHECK (VALUE <> '');",
    "not valid": "ALTER DOMAIN email_address ADD CONSTRAINT not_empty CHECK (VALUE <> '') NOT VALID;",
    "not null": { sql: "ALTER DOMAIN label SET NOT NULL;" },
    "a domain of this file": "CREATE DOMAIN size AS int;\nALTER DOMAIN size ADD CHECK (VALUE > 0);",
    "a default": "ALTER DOMAIN label SET DEFAULT 'none';",
    "validated later": {
      before: ["ALTER DOMAIN email_address ADD CONSTRAINT not_empty CHECK (VALUE <> '') NOT VALID;"],
      sql: "ALTER DOMAIN email_address VALIDATE CONSTRAINT not_empty;",
    },
  },
  "cluster-vacuum-full": {
    cluster: "CLUSTER users USING users_name_idx;",
    "vacuum full": "VACUUM FULL users;",
    "vacuum in brackets": "VACUUM (FULL, ANALYZE) orders;",
    "vacuum full true": "VACUUM (FULL true) billing.invoices;",
    vacuum: "VACUUM users;",
    "vacuum full false": "VACUUM (FULL false, ANALYZE) users;",
    analyze: "ANALYZE users;",
    "cluster on": "ALTER TABLE users CLUSTER ON users_name_idx;",
  },
  "set-tablespace": {
    "a table": "ALTER TABLE users SET TABLESPACE shop_disk;",
    "an index": "ALTER INDEX users_name_idx SET TABLESPACE shop_disk;",
    all: "ALTER TABLE ALL IN TABLESPACE pg_default SET TABLESPACE shop_disk;",
    "a new table": "CREATE TABLE crates (id int);\nALTER TABLE crates SET TABLESPACE shop_disk;",
  },
  "set-access-method": {
    another: {
      before: ["CREATE ACCESS METHOD second_heap TYPE TABLE HANDLER heap_tableam_handler;"],
      sql: "ALTER TABLE users SET ACCESS METHOD second_heap;",
    },
  },
  "attach-partition-scan": {
    "a filled table":
      "ALTER TABLE events ATTACH PARTITION events_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');",
    "with a valid check": {
      before: [
        "ALTER TABLE events_2024 ADD CONSTRAINT in_2024 CHECK (happened_at >= '2024-01-01' AND happened_at < '2025-01-01') NOT VALID;",
        "ALTER TABLE events_2024 VALIDATE CONSTRAINT in_2024;",
      ],
      sql: "ALTER TABLE events ATTACH PARTITION events_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');",
    },
    "a new table":
      "CREATE TABLE events_2027 (LIKE events INCLUDING ALL);\nALTER TABLE events ATTACH PARTITION events_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');",
    "a new table beside a filled default":
      "CREATE TABLE visits_south (LIKE visits);\nALTER TABLE visits ATTACH PARTITION visits_south FOR VALUES IN ('east');",
  },
  "detach-partition": {
    concurrently: {
      sql: "ALTER TABLE events DETACH PARTITION events_2025 CONCURRENTLY;",
      unmeasured: "the old release sees fewer rows through the parent",
    },
    "at once": {
      sql: "ALTER TABLE events DETACH PARTITION events_2025;",
      unmeasured: "a short lock, and fewer rows through the parent",
    },
  },
  "create-partition-of": {
    "of a live parent": {
      sql: "CREATE TABLE events_2027 PARTITION OF events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');",
    },
    "beside a filled default": "CREATE TABLE visits_east PARTITION OF visits FOR VALUES IN ('east');",
    "of a new parent":
      "CREATE TABLE logs (at date) PARTITION BY RANGE (at);\nCREATE TABLE logs_2026 PARTITION OF logs FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');",
  },
  "composite-attribute": {
    "of a typed table": {
      before: ["CREATE TABLE places OF address;"],
      rows: "INSERT INTO places SELECT 's' || n, 'c' FROM generate_series(1, 200) n",
      sql: "ALTER TYPE address ALTER ATTRIBUTE street TYPE varchar(30) CASCADE;",
    },
    "a new attribute": "ALTER TYPE address ADD ATTRIBUTE zip text;",
  },
});
