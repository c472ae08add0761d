import type { RuleRows } from "../rule-rows.js";

const SHOP = `CREATE TABLE users (id int PRIMARY KEY, age int); CREATE TABLE orders (id int PRIMARY KEY, user_id int);`;
const CHECK = "ALTER TABLE users ADD CONSTRAINT grown CHECK (age > 0) NOT VALID;";
const VALIDATE = "ALTER TABLE users VALIDATE CONSTRAINT grown;";

export const rows: RuleRows = {
  rule: "validate-in-same-tx",
  unsafe: [
    {
      history: SHOP,
      sql: `-- @phase switch\n${CHECK} ${VALIDATE}`,
      says: /validates users\.grown in the transaction that locked the table: reads and writes of users wait/,
      fix: /ALTER TABLE users VALIDATE CONSTRAINT grown;/,
    },
    { history: SHOP, sql: CHECK.replace(";", ", VALIDATE CONSTRAINT grown;") },
    {
      history: SHOP,
      sql: `BEGIN; ALTER TABLE public.orders ADD CONSTRAINT "of user" FOREIGN KEY (user_id) REFERENCES users NOT VALID; ALTER TABLE orders VALIDATE CONSTRAINT "of user"; COMMIT;`,
      manner: "plain",
      says: /: writes of orders wait/,
      fix: /VALIDATE CONSTRAINT "of user"/,
    },
    { history: SHOP, sql: `DO $$ BEGIN ${CHECK} ${VALIDATE} END $$;`, manner: "plain" },
    { history: SHOP, sql: CHECK + VALIDATE, manner: "plain", isOneTransaction: true },
    { history: SHOP + CHECK, sql: `-- @phase switch\nALTER TABLE users ADD COLUMN note text; ${VALIDATE}` },
  ],
  safe: [
    { history: SHOP + CHECK, sql: `-- @phase switch\n${VALIDATE}` },
    { history: SHOP, sql: CHECK + VALIDATE, manner: "plain" },
    { history: SHOP, sql: `BEGIN; ${CHECK} COMMIT; BEGIN; ${VALIDATE} COMMIT;`, manner: "plain" },
    { sql: SHOP + CHECK + VALIDATE },
    { history: SHOP + CHECK, sql: `-- @phase switch\n${VALIDATE} ALTER TABLE users ALTER age SET NOT NULL;` },
  ],
};
