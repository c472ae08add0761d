import type { RuleRows } from "../rule-rows.js";

const SHOP =
  "CREATE TABLE users (id int PRIMARY KEY, age int); CREATE TABLE orders (id int PRIMARY KEY); CREATE TABLE notes (id int);";

export const rows: RuleRows = {
  rule: "many-strong-locks",
  unproven: "how long others wait depends on who holds the second table at that moment",
  unsafe: [
    {
      history: SHOP,
      sql: "BEGIN; ALTER TABLE users ADD a int; ALTER TABLE orders ADD a int; ALTER TABLE notes ADD a int; COMMIT;",
      manner: "plain",
      says: /reads and writes of users, orders wait until all of them are done/,
    },
    {
      history: SHOP,
      sql: "ALTER TABLE users ADD a int; ALTER TABLE public.orders ADD a int;",
      manner: "plain",
      isOneTransaction: true,
    },
    {
      history: SHOP,
      sql: "DO $$ BEGIN ALTER TABLE users ADD a int; ALTER TABLE orders ADD a int; END $$;",
      manner: "plain",
    },
    { history: SHOP, sql: "BEGIN; LOCK TABLE users, orders; COMMIT;", manner: "plain" },
  ],
  safe: [
    { history: SHOP, sql: "ALTER TABLE users ADD a int; ALTER TABLE orders ADD a int;" },
    { history: SHOP, sql: "ALTER TABLE users ADD a int; ALTER TABLE orders ADD a int;", manner: "plain" },
    { history: SHOP, sql: "BEGIN; ALTER TABLE users ADD a int; ALTER TABLE users ADD b int; COMMIT;", manner: "plain" },
    {
      history: SHOP,
      sql: "BEGIN; ALTER TABLE users ADD a int; COMMIT; BEGIN; ALTER TABLE orders ADD a int; COMMIT;",
      manner: "plain",
    },
    {
      history: SHOP,
      sql: "BEGIN; CREATE TABLE fresh (id int); ALTER TABLE fresh ADD a int; ALTER TABLE users ADD a int; COMMIT;",
      manner: "plain",
    },
  ],
};
