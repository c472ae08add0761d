import type { RuleRows } from "../rule-rows.js";

export const rows: RuleRows = {
  rule: "unqualified-name",
  unproven: "it depends on who runs the file",
  unsafe: [
    {
      sql: "CREATE TABLE orders (id int); CREATE TABLE notes (id int);",
      manner: "plain",
      says: /names orders without its schema/,
      fix: /public\.orders/,
    },
    { sql: "CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1';", manner: "plain" },
    { sql: "CREATE VIEW recent AS SELECT 1 AS id;", manner: "plain" },
  ],
  safe: [
    { sql: "CREATE TABLE public.orders (id int);", manner: "plain" },
    { sql: "SET search_path = public; CREATE TABLE orders (id int);", manner: "plain" },
    { sql: "CREATE TEMP TABLE pile (id int);", manner: "plain" },
    { sql: "CREATE TABLE orders (id int);" },
  ],
};
