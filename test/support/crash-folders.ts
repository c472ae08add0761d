import type { Folder } from "./engine.js";

/** What is there before the run that is disturbed. */
export const BASE: Folder = {
  "0001_create_probes.sql":
    "CREATE TABLE probes (id bigint PRIMARY KEY, n integer NOT NULL DEFAULT 0, label text);\nINSERT INTO probes (id) SELECT generate_series(1, 25);\n",
};

/** A file that goes out in one message, and one that takes a strong lock on a table that was there before. */
export const SHORT: Folder = {
  ...BASE,
  "0002_create_notes.sql":
    "CREATE TABLE notes (id bigint PRIMARY KEY);\nINSERT INTO notes VALUES (1);\n\n-- @verify\nSELECT count(*) = 1 FROM notes;\n",
  "0004_add_probes_state.sql": "ALTER TABLE probes ADD COLUMN state text DEFAULT 'new';\n\n-- @verify\nSELECT true;\n",
};

/** Every way a file is run; the last one fails each time. */
export const MIXED: Folder = {
  ...SHORT,
  "0005_index_probes_label.sql": "CREATE INDEX CONCURRENTLY probes_label_idx ON probes (label);\n",
  "0006_fill_probes_n.sql":
    "-- @phase backfill\n-- @batch table=probes key=id size=10\nUPDATE probes SET n = n + 1 WHERE id BETWEEN :from AND :to;\n\n-- @verify\nSELECT bool_and(n = 1) FROM probes;\n",
  "0007_insert_notes.sql": "INSERT INTO notes VALUES (3);\nINSERT INTO notes VALUES (1);\n",
};
