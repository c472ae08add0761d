import type { RuleRows } from "../rule-rows.js";

const ORDERS =
  "CREATE TYPE status AS ENUM ('new', 'paid'); CREATE TABLE orders (id int PRIMARY KEY, status status, note text);";
const ADD = "ALTER TYPE status ADD VALUE 'lost';";

export const rows: RuleRows = {
  rule: "enum-value-used-in-tx",
  unsafe: [
    {
      history: ORDERS,
      sql: `${ADD} INSERT INTO orders VALUES (1, 'lost');`,
      says: /fails: it uses label 'lost' of status/,
      fix: /ALTER TYPE status ADD VALUE 'lost';/,
    },
    { history: ORDERS, sql: `${ADD} ALTER TABLE orders ALTER status SET DEFAULT 'lost';` },
    {
      history: ORDERS,
      sql: `ALTER TYPE public.status ADD VALUE IF NOT EXISTS 'lost' BEFORE 'new'; UPDATE orders SET status = 'lost' WHERE id = 1;`,
    },
    { history: ORDERS, sql: `BEGIN; ${ADD} SELECT 'lost'::status; COMMIT;`, manner: "plain" },
    {
      history: ORDERS,
      sql: `${ADD} CREATE TABLE copies (status status DEFAULT 'lost');`,
      manner: "plain",
      isOneTransaction: true,
    },
    { history: ORDERS, sql: `${ADD} CREATE VIEW gone AS SELECT id FROM orders WHERE status = 'lost';` },
  ],
  safe: [
    { history: ORDERS, sql: ADD },
    { history: ORDERS, sql: `${ADD} INSERT INTO orders VALUES (1, 'new', 'found');` },
    { history: ORDERS, sql: `CREATE TABLE log (what text); ${ADD} INSERT INTO log VALUES ('lost');` },
    { history: ORDERS, sql: `${ADD} INSERT INTO orders VALUES (1, 'lost');`, manner: "plain" },
    { sql: `${ORDERS} ${ADD} INSERT INTO orders VALUES (1, 'lost');` },
    { history: [ORDERS, ADD], sql: "INSERT INTO orders VALUES (1, 'lost');" },
  ],
};
