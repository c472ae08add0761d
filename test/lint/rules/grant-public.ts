import type { RuleRows } from "../rule-rows.js";

const USERS = "CREATE TABLE users (id int PRIMARY KEY);";

export const rows: RuleRows = {
  rule: "grant-public",
  unproven: "what somebody does with a privilege stands in no file",
  unsafe: [
    { history: USERS, sql: "GRANT SELECT ON users TO PUBLIC;", says: /grants to PUBLIC: every role of the server/ },
    { history: USERS, sql: "grant usage on schema public to pg_monitor, public;" },
    {
      history: USERS,
      sql: "GRANT ALL ON ALL TABLES IN SCHEMA public TO pg_monitor;",
      says: /grants pg_monitor all privileges/,
    },
    { history: USERS, sql: "GRANT ALL PRIVILEGES ON users TO pg_monitor;" },
  ],
  safe: [
    { history: USERS, sql: "GRANT SELECT, INSERT ON users TO pg_monitor;" },
    { history: USERS, sql: "-- @phase contract\n-- @closes 0001\nREVOKE ALL ON users FROM PUBLIC;" },
    { history: USERS, sql: "GRANT SELECT (id) ON users TO pg_monitor;" },
  ],
};
