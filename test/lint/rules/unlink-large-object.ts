import type { RuleRows } from "../rule-rows.js";

const FILES =
  "CREATE TABLE files (id int PRIMARY KEY, body oid); SELECT lo_create(4711); INSERT INTO files VALUES (1, 4711);";

export const rows: RuleRows = {
  rule: "unlink-large-object",
  unsafe: [
    {
      history: FILES,
      sql: "SELECT lo_unlink(body) FROM files;",
      says: /calls lo_unlink\(\): what the large object held is gone/,
      fix: /@phase contract/,
    },
    { history: FILES, sql: "SELECT count(*) FROM (SELECT pg_catalog.lo_unlink(4711)) gone;" },
    { history: FILES, sql: "SELECT lo_put(4711, 0, 'x');" },
    { history: FILES, sql: "DO $$ BEGIN PERFORM lo_unlink(4711); END $$;", says: /DO block/ },
  ],
  safe: [
    { history: FILES, sql: "SELECT lo_get(body) FROM files;" },
    { history: FILES, sql: "SELECT lo_from_bytea(0, 'x');" },
    { history: FILES, sql: "-- @phase contract\n-- @closes 0001\nSELECT lo_unlink(body) FROM files;" },
  ],
};
