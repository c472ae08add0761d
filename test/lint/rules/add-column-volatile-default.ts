import type { RuleRows } from "../rule-rows.js";

const ORDERS = "CREATE TABLE orders (id int PRIMARY KEY, note text);";
const ROLL = "CREATE FUNCTION roll() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 6; END';";

export const rows: RuleRows = {
  rule: "add-column-volatile-default",
  unsafe: [
    {
      history: ORDERS,
      sql: "ALTER TABLE orders ADD COLUMN token uuid DEFAULT gen_random_uuid();",
      says: /adds orders\.token with a default that calls gen_random_uuid\(\)/,
      fix: /ADD COLUMN token uuid;\n.*token SET DEFAULT gen_random_uuid\(\);\n(.*\n){3}UPDATE orders SET token = gen_random_uuid\(\) WHERE token IS NULL AND id BETWEEN :from AND :to;$/,
    },
    {
      history: ORDERS,
      sql: "ALTER TABLE orders ADD a int, ADD b float8 DEFAULT (1 + random());",
      says: /orders\.b.*random/,
    },
    {
      history: [ORDERS, ROLL],
      sql: "ALTER TABLE orders ADD dice int DEFAULT roll();",
      says: /roll\(\)/,
    },
    {
      history: ORDERS,
      sql: "-- né à Köln\nALTER TABLE IF EXISTS ONLY public.orders /* the */ ADD COLUMN IF NOT EXISTS token varchar(40) COLLATE \"C\" DEFAULT 'é' || md5(clock_timestamp()::text) NOT NULL, ADD other int;",
      says: /clock_timestamp/,
      fix: /ADD COLUMN token varchar\(40\) COLLATE "C";\n.*SET DEFAULT 'é' \|\| md5\(clock_timestamp\(\)::text\);[^]*NOT NULL\) NOT VALID;/,
    },
    {
      history: `CREATE TABLE "order" ("ID" int PRIMARY KEY);`,
      sql: `ALTER TABLE "order" ADD "Key" uuid DEFAULT pg_catalog.gen_random_uuid(), ADD n int DEFAULT 3;`,
      fix: /ALTER TABLE "order" ALTER COLUMN "Key" SET DEFAULT pg_catalog\.gen_random_uuid\(\);[^]*"ID" BETWEEN/,
    },
    {
      history: `${ORDERS} CREATE SEQUENCE numbers;`,
      sql: "ALTER TABLE orders ADD number bigint DEFAULT nextval('numbers');",
      says: /nextval/,
    },
    {
      history: `${ORDERS} CREATE DOMAIN dice AS float8 DEFAULT random();`,
      sql: "ALTER TABLE orders ADD luck dice;",
      says: /orders\.luck .*random/,
    },
    {
      history: ORDERS,
      sql: "DO $$ BEGIN ALTER TABLE orders ADD token uuid DEFAULT gen_random_uuid(); END $$;",
      says: /in the DO block/,
    },
    {
      history: ORDERS,
      sql: "DO $$ BEGIN EXECUTE format('ALTER TABLE %I ADD token uuid DEFAULT gen_random_uuid()', 'orders'); END $$;",
    },
    {
      history: [ORDERS, "-- @phase contract\n-- @closes 0001\nALTER TABLE orders RENAME TO sales;"],
      sql: "ALTER TABLE sales ADD token uuid DEFAULT gen_random_uuid();",
      says: /sales\.token/,
    },
    {
      history:
        "CREATE TABLE parts (id int, day date) PARTITION BY RANGE (day); CREATE TABLE rest PARTITION OF parts DEFAULT;",
      sql: "ALTER TABLE parts ADD token uuid DEFAULT uuidv7();",
      server: 18,
    },
    { history: ORDERS, sql: "BEGIN; ALTER TABLE orders ADD token float8 DEFAULT random(); COMMIT;", manner: "plain" },
    {
      history: ORDERS,
      sql: "CREATE TABLE IF NOT EXISTS orders (id int); ALTER TABLE orders ADD token float8 DEFAULT random();",
    },
  ],
  safe: [
    { history: ORDERS, sql: "ALTER TABLE orders ADD made timestamptz NOT NULL DEFAULT now() - interval '1 day';" },
    {
      history: ORDERS,
      sql: "ALTER TABLE orders ADD made timestamptz DEFAULT CURRENT_TIMESTAMP, ADD t text DEFAULT lower('A'), ADD l int[] DEFAULT '{}';",
    },
    {
      history: [ORDERS, "CREATE FUNCTION one() RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 1';"],
      sql: "ALTER TABLE orders ADD dice int DEFAULT one();",
    },
    {
      history: ORDERS,
      sql: "ALTER TABLE orders ADD who text DEFAULT CURRENT_USER, ADD day date DEFAULT CURRENT_DATE, ADD year text DEFAULT to_char(now(), 'YYYY');",
    },
    {
      history: ORDERS,
      sql: "ALTER TABLE orders ADD a jsonb NOT NULL DEFAULT '{}'::jsonb, ADD b int[] DEFAULT ARRAY[1, 2];",
    },
    {
      history: [ORDERS, ROLL],
      sql: "ALTER TABLE orders ADD dice int; ALTER TABLE orders ALTER dice SET DEFAULT roll();",
    },
    {
      history: `${ORDERS} CREATE DOMAIN dice AS float8 DEFAULT random();`,
      sql: "ALTER TABLE orders ADD luck dice DEFAULT 1;",
    },
    { sql: `${ORDERS} ALTER TABLE orders ADD token uuid DEFAULT gen_random_uuid();` },
    { sql: "BEGIN; CREATE TABLE o (id int); ALTER TABLE o ADD t float8 DEFAULT random(); COMMIT;", manner: "plain" },
    { history: ORDERS, sql: "CREATE TEMP TABLE orders (id int); ALTER TABLE orders ADD t float8 DEFAULT random();" },
  ],
};
