import type { RuleRows } from "../rule-rows.js";

const USERS = "CREATE TABLE users (id int PRIMARY KEY, age int); CREATE TABLE orders (id int);";

export const rows: RuleRows = {
  rule: "lock-table",
  unproven: "how long others wait depends on what else the transaction does: another rule tells that",
  unsafe: [
    {
      history: USERS,
      sql: "LOCK TABLE users;",
      says: /locks users in ACCESS EXCLUSIVE mode: its reads and writes wait/,
    },
    {
      history: USERS,
      sql: "LOCK users, ONLY public.orders IN SHARE MODE;",
      times: 2,
      says: /users in SHARE mode: its writes wait/,
    },
    { history: USERS, sql: "DO $$ BEGIN LOCK TABLE users IN EXCLUSIVE MODE; END $$;" },
    {
      history: USERS,
      sql: "LOCK TABLE users;",
      manner: "plain",
      says: /fails: LOCK TABLE works only inside a transaction/,
    },
    { history: USERS, sql: "BEGIN; LOCK TABLE users; COMMIT;", manner: "plain" },
  ],
  safe: [
    { history: USERS, sql: "LOCK TABLE users IN ACCESS SHARE MODE;" },
    { history: USERS, sql: "LOCK TABLE users IN ROW EXCLUSIVE MODE;" },
    { history: USERS, sql: "LOCK TABLE users IN SHARE UPDATE EXCLUSIVE MODE;" },
    { sql: `${USERS} LOCK TABLE users;` },
  ],
};
