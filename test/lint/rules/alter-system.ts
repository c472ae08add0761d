import type { RuleRows } from "../rule-rows.js";

export const rows: RuleRows = {
  rule: "alter-system",
  unproven: "the server of the tests has a superuser; a managed one has none",
  unsafe: [
    {
      sql: "ALTER SYSTEM SET work_mem = '8MB';",
      manner: "plain",
      says: /changes the server's configuration, which a managed server/,
      fix: /parameter group/,
    },
    {
      history: "CREATE TABLE users (id int);",
      sql: "COPY users TO '/tmp/holdfast-users.csv';",
      says: /a file.*on the server/,
    },
    { history: "CREATE TABLE users (id int);", sql: "COPY users FROM PROGRAM 'true';" },
    { sql: "CREATE ROLE alter_system_boss SUPERUSER;", says: /makes a role SUPERUSER/ },
    { sql: "CREATE ROLE alter_system_copy LOGIN REPLICATION;", says: /REPLICATION/ },
    { sql: "CREATE FUNCTION now_in_c() RETURNS timestamptz LANGUAGE internal AS 'now';" },
    { sql: "LOAD 'auto_explain';" },
  ],
  safe: [
    { sql: "CREATE ROLE alter_system_app LOGIN NOSUPERUSER CREATEDB;" },
    { sql: "CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1';" },
    { sql: "SET work_mem = '8MB'; SELECT 1;" },
    { sql: "CREATE EXTENSION IF NOT EXISTS citext;" },
  ],
};
