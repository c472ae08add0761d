import type { RuleRows } from "../rule-rows.js";

const HISTORY =
  "CREATE TABLE schema_migrations (version text PRIMARY KEY, description text); CREATE TABLE system_versions (version text); CREATE SCHEMA holdfast; CREATE TABLE holdfast.deploys (id int); INSERT INTO schema_migrations VALUES ('0001', 'x'); INSERT INTO system_versions VALUES ('1'); INSERT INTO holdfast.deploys VALUES (1);";

export const rows: RuleRows = {
  rule: "overwrite-history",
  unsafe: [
    {
      history: HISTORY,
      sql: "DELETE FROM schema_migrations WHERE version = '0001';",
      says: /deletes from schema_migrations, the record of what has run/,
    },
    {
      history: HISTORY,
      sql: "INSERT INTO public.schema_migrations (version) VALUES ('0009');",
      says: /writes schema_migrations/,
    },
    { history: HISTORY, sql: "UPDATE system_versions SET version = '2.0.0' WHERE version = '1';" },
    { history: HISTORY, sql: "TRUNCATE holdfast.deploys;", says: /empties holdfast\.deploys/ },
    { history: HISTORY, sql: "DROP TABLE IF EXISTS schema_migrations;" },
    { history: HISTORY, sql: "DROP SCHEMA holdfast CASCADE;" },
    {
      history: HISTORY,
      sql: "-- @phase contract\n-- @closes 0001\nDELETE FROM schema_migrations WHERE version = '0001';",
    },
    {
      history: HISTORY,
      sql: "DO $$ BEGIN UPDATE schema_migrations SET description = '' WHERE version = '0001'; END $$;",
    },
    { history: HISTORY, sql: "UPDATE schema_migrations SET version = '0002' WHERE version = '0001';", manner: "plain" },
  ],
  safe: [
    { history: HISTORY, sql: "SELECT max(version) FROM schema_migrations;" },
    { history: HISTORY, sql: "INSERT INTO schema_migrations VALUES ('0009');", manner: "plain" },
    { history: `${HISTORY} CREATE TABLE versions (id int);`, sql: "INSERT INTO versions VALUES (1);" },
  ],
};
