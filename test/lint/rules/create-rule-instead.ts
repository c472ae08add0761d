import type { RuleRows } from "../rule-rows.js";

const LOG = "CREATE TABLE log (id int, what text); CREATE TABLE other (id int, what text);";

export const rows: RuleRows = {
  rule: "create-rule-instead",
  unsafe: [
    {
      history: LOG,
      sql: "CREATE RULE quiet AS ON INSERT TO log DO INSTEAD NOTHING;",
      says: /makes log ignore every INSERT: the rows are lost/,
      fix: /Revoke INSERT on log/,
    },
    {
      history: LOG,
      sql: "CREATE OR REPLACE RULE keep AS ON DELETE TO public.log WHERE old.id > 5 DO INSTEAD NOTHING;",
    },
    { history: LOG, sql: "create rule keep as on update to log do instead select 1;" },
    { history: LOG, sql: "DO $$ BEGIN EXECUTE 'CREATE RULE quiet AS ON INSERT TO log DO INSTEAD NOTHING'; END $$;" },
    { history: LOG, sql: "CREATE RULE quiet AS ON INSERT TO log DO INSTEAD NOTHING;", manner: "plain" },
    {
      history: LOG,
      sql: "CREATE RULE elsewhere AS ON INSERT TO log DO INSTEAD INSERT INTO other VALUES (new.id, new.what);",
      says: /sends every INSERT of log elsewhere/,
    },
  ],
  safe: [
    {
      history: LOG,
      sql: "CREATE RULE copied AS ON INSERT TO log DO ALSO INSERT INTO other VALUES (new.id, new.what);",
    },
    { sql: `${LOG} CREATE RULE quiet AS ON INSERT TO log DO INSTEAD NOTHING;` },
    {
      history: LOG,
      sql: "CREATE VIEW entries AS SELECT * FROM log; CREATE RULE put AS ON INSERT TO entries DO INSTEAD INSERT INTO log VALUES (new.id, new.what);",
    },
  ],
};
