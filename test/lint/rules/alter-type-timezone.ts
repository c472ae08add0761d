import type { RuleRows } from "../rule-rows.js";

const LOG = "CREATE TABLE log (id int PRIMARY KEY, at timestamp, until timestamptz(3));";

export const rows: RuleRows = {
  rule: "alter-type-timezone",
  unproven: "the time zone of another tool's session is not known; a test's server runs in UTC",
  unsafe: [
    {
      history: LOG,
      sql: "ALTER TABLE log ALTER COLUMN at TYPE timestamptz;",
      manner: "plain",
      says: /changes log\.at from timestamp to timestamptz in a session whose time zone may not be UTC/,
      fix: /SET timezone = 'UTC';\nALTER TABLE log ALTER COLUMN at TYPE timestamptz;$/,
    },
    { history: LOG, sql: "ALTER TABLE log ALTER until TYPE timestamp USING until::timestamp;", manner: "plain" },
    { history: LOG, sql: "SET timezone = 'Europe/Berlin'; ALTER TABLE log ALTER at TYPE timestamptz;" },
    {
      history: LOG,
      sql: "SET TIME ZONE 'UTC'; RESET timezone; ALTER TABLE log ALTER at TYPE timestamptz;",
      manner: "plain",
    },
    {
      history: LOG,
      sql: "BEGIN; SET LOCAL timezone = 'UTC'; COMMIT; ALTER TABLE log ALTER at TYPE timestamptz;",
      manner: "plain",
    },
  ],
  safe: [
    { history: LOG, sql: "ALTER TABLE log ALTER at TYPE timestamptz;" },
    { history: LOG, sql: "SET timezone TO utc; ALTER TABLE log ALTER at TYPE timestamptz;", manner: "plain" },
    { history: LOG, sql: "SET TIME ZONE 0; ALTER TABLE log ALTER at TYPE timestamptz(6);", manner: "plain" },
    {
      history: LOG,
      sql: "BEGIN; SET LOCAL timezone = 'Etc/UTC'; ALTER TABLE log ALTER until TYPE timestamp; COMMIT;",
      manner: "plain",
    },
    { history: LOG, sql: "ALTER TABLE log ALTER until TYPE timestamptz;", manner: "plain" },
    { sql: `${LOG} ALTER TABLE log ALTER at TYPE timestamptz;`, manner: "plain" },
  ],
};
