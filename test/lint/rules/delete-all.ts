import type { RuleRows } from "../rule-rows.js";

const SHOP =
  "CREATE TABLE users (id int PRIMARY KEY, banned boolean, note text); CREATE TABLE orders (id int PRIMARY KEY, user_id int, paid boolean); INSERT INTO users VALUES (1, false, 'x'); INSERT INTO orders VALUES (1, 1, true);";

export const rows: RuleRows = {
  rule: "delete-all",
  unsafe: [
    { history: SHOP, sql: "DELETE FROM users;", says: /deletes every row of users/, fix: /@phase contract/ },
    {
      history: SHOP,
      sql: 'delete from only public."users" where true returning id;',
      says: /tells no row from another/,
    },
    { history: SHOP, sql: "DELETE FROM users WHERE 1 = 1;" },
    { history: SHOP, sql: "DELETE FROM users WHERE NOT false AND 'a' = 'a'::text;" },
    { history: SHOP, sql: "DELETE FROM users WHERE banned OR 1 <> 2;" },
    { history: SHOP, sql: "DELETE FROM users u WHERE u.id = u.id;" },
    { history: SHOP, sql: "DELETE FROM users WHERE id IS NOT NULL;" },
    { history: SHOP, sql: "DELETE FROM users USING orders;" },
    { history: SHOP, sql: "DELETE FROM users u USING orders o WHERE o.paid AND o.id = 1;" },
    { history: SHOP, sql: "DELETE FROM users WHERE EXISTS (SELECT 1 FROM orders WHERE paid);" },
    { history: SHOP, sql: "WITH gone AS (DELETE FROM users RETURNING *) SELECT count(*) FROM gone;" },
    { history: SHOP, sql: "PREPARE gone AS DELETE FROM users; EXECUTE gone;" },
    { history: SHOP, sql: "CREATE VIEW people AS SELECT * FROM users; DELETE FROM people;" },
    {
      history: SHOP,
      sql: "DO $$ BEGIN FOR i IN 1..2 LOOP DELETE FROM users; END LOOP; END $$;",
      says: /in the DO block/,
    },
    { history: SHOP, sql: "DO $$ BEGIN EXECUTE format('DELETE FROM %I', 'users'); END $$;" },
    {
      history: [SHOP, "CREATE PROCEDURE forget() LANGUAGE plpgsql AS $$ BEGIN DELETE FROM users; END $$;"],
      sql: "CALL forget();",
      says: /procedure forget/,
    },
    { history: SHOP, sql: "DELETE FROM users;", manner: "plain" },
    {
      history: SHOP,
      sql: "BEGIN; CREATE TEMP TABLE users (id int) ON COMMIT DROP; COMMIT; DELETE FROM users;",
      manner: "plain",
    },
    { history: SHOP, sql: "CREATE TEMP TABLE users ON COMMIT DROP AS SELECT 1; DELETE FROM users;", manner: "plain" },
    { history: SHOP, sql: "EXPLAIN ANALYZE DELETE FROM users;" },
  ],
  safe: [
    { history: SHOP, sql: "DELETE FROM users WHERE id = 1;" },
    { history: SHOP, sql: "DELETE FROM users WHERE banned;" },
    { history: SHOP, sql: "DELETE FROM users WHERE note = '1' AND 1 = 1;" },
    { history: SHOP, sql: "DELETE FROM users WHERE false;" },
    { history: SHOP, sql: "DELETE FROM users u USING orders o WHERE o.user_id = u.id;" },
    { history: SHOP, sql: "DELETE FROM users USING orders WHERE user_id = users.id AND NOT paid;" },
    { history: SHOP, sql: "DELETE FROM users u WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.user_id = u.id);" },
    { history: SHOP, sql: "DELETE FROM users WHERE id IN (SELECT user_id FROM orders WHERE paid);" },
    { sql: `${SHOP} DELETE FROM users;` },
    { sql: "CREATE TEMP TABLE pile AS SELECT 1; DELETE FROM pile;" },
    {
      sql: "BEGIN; CREATE TEMP TABLE pile (id int) ON COMMIT DROP; DELETE FROM pile; COMMIT;",
      manner: "plain",
    },
    { history: SHOP, sql: "EXPLAIN DELETE FROM users;" },
    { history: SHOP, sql: "CREATE FUNCTION forget() RETURNS void LANGUAGE sql AS 'DELETE FROM users';" },
    { history: SHOP, sql: "-- @phase contract\n-- @closes 0001\nDELETE FROM users;" },
  ],
};
