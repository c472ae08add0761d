import type { RuleRows } from "../rule-rows.js";

const USERS = "CREATE TABLE users (id int PRIMARY KEY); CREATE ROLE grant_public_reader;";

export const rows: RuleRows = {
  rule: "grant-public",
  unproven: "what somebody does with a privilege stands in no file",
  unsafe: [
    { history: USERS, sql: "GRANT SELECT ON users TO PUBLIC;", says: /grants to PUBLIC: every role of the server/ },
    { history: USERS, sql: "grant usage on schema public to grant_public_reader, public;" },
    {
      history: USERS,
      sql: "GRANT ALL ON ALL TABLES IN SCHEMA public TO grant_public_reader;",
      says: /grants grant_public_reader all privileges/,
    },
    { history: USERS, sql: "GRANT ALL PRIVILEGES ON users TO grant_public_reader;" },
  ],
  safe: [
    { history: USERS, sql: "GRANT SELECT, INSERT ON users TO grant_public_reader;" },
    { history: USERS, sql: "-- @phase contract\n-- @closes 0001\nREVOKE ALL ON users FROM PUBLIC;" },
    { history: USERS, sql: "GRANT SELECT (id) ON users TO grant_public_reader;" },
  ],
};
