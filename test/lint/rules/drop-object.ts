import type { RuleRows } from "../rule-rows.js";

const KEPT = `CREATE COLLATION sorted FROM "C"; CREATE TABLE users (a int, b int); CREATE STATISTICS pairs ON a, b FROM users;
  CREATE FUNCTION apart(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 - $2'; CREATE OPERATOR <-> (LEFTARG = int, RIGHTARG = int, FUNCTION = apart);`;

export const rows: RuleRows = {
  rule: "drop-object",
  unsafe: [
    { history: KEPT, sql: "DROP COLLATION sorted;", says: /drops collation sorted/, fix: /@phase contract/ },
    { history: KEPT, sql: "DROP OPERATOR <-> (int, int);", says: /operator <->/ },
    { history: KEPT, sql: "DROP STATISTICS IF EXISTS pairs;", says: /statistics pairs/ },
    { history: KEPT, sql: "DO $$ BEGIN DROP COLLATION sorted; END $$;" },
  ],
  safe: [
    { history: KEPT, sql: "-- @phase contract\n-- @closes 0001\nDROP COLLATION sorted;" },
    { history: KEPT, sql: "CREATE TABLE pile (id int); DROP TABLE pile;" },
  ],
};
