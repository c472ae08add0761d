import type { RuleRows } from "../rule-rows.js";

const APP = "CREATE SCHEMA app; CREATE TABLE app.orders (id int);";

export const rows: RuleRows = {
  rule: "drop-schema",
  unsafe: [
    { history: APP, sql: "DROP SCHEMA app CASCADE;", says: /drops schema app: every table, view and function in it/ },
    { history: "CREATE SCHEMA app;", sql: "DROP SCHEMA IF EXISTS app;", says: /drops schema app: what the release/ },
    {
      history: 'CREATE SCHEMA "App";',
      sql: 'CREATE SCHEMA app; DROP SCHEMA app, "App" CASCADE;',
      says: /drops schema App:/,
    },
    { history: APP, sql: "CREATE SCHEMA attic; ALTER TABLE app.orders SET SCHEMA attic; DROP SCHEMA attic CASCADE;" },
    { history: APP, sql: "CREATE SCHEMA IF NOT EXISTS app; DROP SCHEMA app CASCADE;" },
    { history: APP, sql: "DO $$ BEGIN DROP SCHEMA app CASCADE; END $$;", says: /DO block/ },
  ],
  safe: [
    { sql: "CREATE SCHEMA attic; CREATE TABLE attic.things (id int); DROP SCHEMA attic CASCADE;" },
    { history: APP, sql: "-- @phase contract\n-- @closes 0001\nDROP SCHEMA app CASCADE;" },
    { history: "CREATE SCHEMA holdfast_scratch;", sql: "DROP SCHEMA holdfast_scratch CASCADE;" },
  ],
};
