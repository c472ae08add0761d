import type { RuleRows } from "../rule-rows.js";

const ORDERS = "CREATE TABLE orders (id int PRIMARY KEY, note text);";
const POSITIVE = `${ORDERS} CREATE DOMAIN positive AS int CHECK (VALUE > 0);`;

export const rows: RuleRows = {
  rule: "add-column-constrained-domain",
  unsafe: [
    {
      history: POSITIVE,
      sql: "ALTER TABLE orders ADD amount positive;",
      says: /adds orders\.amount of the domain positive, whose conditions are asked of every row/,
      fix: /ALTER TABLE orders ADD COLUMN amount int4;/,
    },
    { history: POSITIVE, sql: "ALTER TABLE orders ADD COLUMN amount public.positive DEFAULT 3;" },
    {
      history: `${ORDERS} CREATE DOMAIN given AS text NOT NULL;`,
      sql: "ALTER TABLE orders ADD a int, ADD b given DEFAULT '';",
      says: /orders\.b/,
    },
    {
      history: `${POSITIVE} CREATE DOMAIN price AS positive;`,
      sql: "ALTER TABLE orders ADD p price;",
      says: /domain price/,
    },
    {
      history: [`${ORDERS} CREATE DOMAIN mail AS text;`, "ALTER DOMAIN mail ADD CHECK (VALUE LIKE '%@%');"],
      sql: "ALTER TABLE orders ADD m mail;",
    },
    { history: POSITIVE, sql: "DO $$ BEGIN ALTER TABLE orders ADD n positive; END $$;", says: /in the DO block/ },
    { history: ORDERS, sql: "CREATE DOMAIN d AS int CHECK (VALUE > 0); ALTER TABLE orders ADD n d;", manner: "plain" },
  ],
  safe: [
    { history: `${ORDERS} CREATE DOMAIN mail AS text DEFAULT '';`, sql: "ALTER TABLE orders ADD m mail;" },
    { history: POSITIVE, sql: "ALTER TABLE orders ADD l positive[];" },
    {
      history: `${ORDERS} CREATE TYPE mood AS ENUM ('a');`,
      sql: "ALTER TABLE orders ADD m mood, ADD n numeric(4), ADD t varchar(3);",
    },
    { sql: `${POSITIVE} ALTER TABLE orders ADD amount positive;` },
    {
      history: POSITIVE,
      sql: "ALTER TABLE orders ADD amount int; ALTER TABLE orders ADD CHECK (amount > 0) NOT VALID;",
    },
  ],
};
