import type { RuleRows } from "../rule-rows.js";

const PEOPLE = "CREATE TABLE users (id int, name text); CREATE VIEW people AS SELECT id, name FROM users;";

export const rows: RuleRows = {
  rule: "replace-view-columns",
  unsafe: [
    {
      history: PEOPLE,
      sql: "CREATE OR REPLACE VIEW people AS SELECT id FROM users;",
      says: /replaces view people by one whose column 2 is not name/,
      fix: /Keep id, name in that order/,
    },
    {
      history: PEOPLE,
      sql: "create or replace view public.people as select name, id from users",
      says: /column 1 is not id/,
    },
    {
      history: PEOPLE,
      sql: "CREATE OR REPLACE VIEW people (id, label) AS SELECT id, name FROM users;",
      manner: "plain",
    },
  ],
  safe: [
    { history: PEOPLE, sql: "CREATE OR REPLACE VIEW people AS SELECT id, upper(name) AS name, 1 AS extra FROM users;" },
    { history: PEOPLE, sql: "CREATE OR REPLACE VIEW people AS SELECT * FROM users;" },
    { history: PEOPLE, sql: "CREATE OR REPLACE VIEW others AS SELECT id FROM users;" },
    {
      history: [PEOPLE, "CREATE OR REPLACE VIEW people AS SELECT id, name, 1 AS one FROM users;"],
      sql: "CREATE OR REPLACE VIEW people AS SELECT id, name, 2 AS one FROM users;",
    },
  ],
};
