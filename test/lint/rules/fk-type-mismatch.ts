import type { RuleRows } from "../rule-rows.js";

const USERS = "CREATE TABLE users (id bigint PRIMARY KEY, code text UNIQUE);";

export const rows: RuleRows = {
  rule: "fk-type-mismatch",
  unproven: "it takes a number that does not fit; the certain failures are rows of the engine's tests",
  unsafe: [
    {
      history: USERS,
      sql: "CREATE TABLE orders (id bigint PRIMARY KEY, user_id int REFERENCES users);",
      says: /lets orders\.user_id \(int4\) point at users\.id \(int8\)/,
      fix: /user_id int8/,
    },
    {
      history: `${USERS} CREATE TABLE orders (id bigint PRIMARY KEY, user_id numeric);`,
      sql: "ALTER TABLE orders ADD CONSTRAINT c FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;",
      says: /fails: it lets orders\.user_id \(numeric\)/,
    },
    {
      history: "CREATE TABLE users (id numeric PRIMARY KEY);",
      sql: "CREATE TABLE orders (user_id int REFERENCES users);",
      says: /lets orders\.user_id \(int4\) point at users\.id \(numeric\): values/,
    },
    {
      history: `${USERS} CREATE TABLE orders (id int);`,
      sql: "ALTER TABLE orders ADD COLUMN user_id smallint REFERENCES public.users (id);",
    },
    { history: USERS, sql: "CREATE TABLE orders (user_id text REFERENCES users);", says: /fails: it lets/ },
  ],
  safe: [
    { history: USERS, sql: "CREATE TABLE orders (user_id bigint REFERENCES users);" },
    { history: USERS, sql: "CREATE TABLE orders (code varchar(20) REFERENCES users (code));" },
    { sql: "CREATE TABLE users (id bigserial PRIMARY KEY); CREATE TABLE orders (user_id bigint REFERENCES users);" },
    {
      history: "CREATE TABLE nodes (id int PRIMARY KEY, parent int);",
      sql: "ALTER TABLE nodes ADD FOREIGN KEY (parent) REFERENCES nodes NOT VALID;",
    },
  ],
};
