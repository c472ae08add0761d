import type { RuleRows } from "../rule-rows.js";

const USERS = "CREATE TABLE users (id int PRIMARY KEY, age int); CREATE INDEX users_age ON users (age);";

export const rows: RuleRows = {
  rule: "reindex-blocking",
  unsafe: [
    {
      history: USERS,
      sql: "REINDEX TABLE users;",
      says: /all indexes of users anew while its reads and writes wait/,
      fix: /REINDEX TABLE CONCURRENTLY users;/,
    },
    { history: USERS, sql: "reindex index public.users_age;", fix: /REINDEX INDEX CONCURRENTLY users_age;/ },
    { history: USERS, sql: "REINDEX (VERBOSE, CONCURRENTLY false) INDEX users_age;", says: /users_age of users/ },
    { history: USERS, sql: "REINDEX SCHEMA public;", manner: "plain", says: /every index of the schema/ },
  ],
  safe: [
    { history: USERS, sql: "REINDEX INDEX CONCURRENTLY users_age;" },
    { history: USERS, sql: "REINDEX (CONCURRENTLY, VERBOSE) TABLE users;" },
    { sql: `${USERS} REINDEX TABLE users; REINDEX INDEX users_age;` },
  ],
};
