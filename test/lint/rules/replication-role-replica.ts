import type { RuleRows } from "../rule-rows.js";

const USERS =
  "CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE orders (user_id int REFERENCES users); CREATE ROLE loader;";

export const rows: RuleRows = {
  rule: "replication-role-replica",
  unsafe: [
    {
      history: USERS,
      sql: "SET session_replication_role = replica;",
      says: /no foreign key is checked and no trigger fires/,
    },
    { history: USERS, sql: "set local session_replication_role to 'REPLICA'; INSERT INTO orders VALUES (9);" },
    {
      history: USERS,
      sql: "SELECT set_config('session_replication_role', 'replica', true); INSERT INTO orders VALUES (9);",
    },
    { history: USERS, sql: "ALTER ROLE loader SET session_replication_role = replica;" },
    { history: USERS, sql: "DO $$ BEGIN PERFORM set_config('session_replication_role', 'replica', true); END $$;" },
    {
      history: USERS,
      sql: "SET session_replication_role = 'replica'; INSERT INTO orders VALUES (9);",
      manner: "plain",
    },
  ],
  safe: [
    { history: USERS, sql: "SET session_replication_role = origin;" },
    { history: USERS, sql: "RESET session_replication_role;" },
    { history: USERS, sql: "SET application_name = 'replica';" },
    { history: USERS, sql: "SELECT set_config('application_name', 'replica', true);" },
  ],
};
