import type { RuleRows } from "../rule-rows.js";

const USERS = "CREATE TABLE users (id int PRIMARY KEY, age int);";
const BATCH = "UPDATE users SET age = 0 WHERE id IN (SELECT id FROM users WHERE age IS NULL LIMIT 100);";

export const rows: RuleRows = {
  rule: "do-loop-without-commit",
  unsafe: [
    {
      history: USERS,
      sql: `DO $$ BEGIN LOOP ${BATCH} EXIT WHEN NOT FOUND; END LOOP; END $$;`,
      says: /updates users in a loop that commits nothing.*, in the DO block/,
      fix: /@batch table=users/,
    },
    {
      history: USERS,
      sql: `DO $$ BEGIN WHILE EXISTS (SELECT FROM users WHERE age IS NULL) LOOP ${BATCH} END LOOP; END $$;`,
      manner: "plain",
      fix: /COMMIT/,
    },
    {
      history: USERS,
      sql: "DO $$ DECLARE r record; BEGIN FOR r IN SELECT id FROM users LOOP UPDATE users SET age = 1 WHERE id = r.id; END LOOP; END $$;",
    },
    {
      history: USERS,
      sql: "DO $$ DECLARE r record; BEGIN FOR r IN SELECT id FROM users LOOP EXECUTE 'UPDATE users SET age = 1 WHERE id = $1' USING r.id; END LOOP; END $$;",
      manner: "plain",
    },
    {
      history: USERS,
      sql: `CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$ BEGIN FOR i IN 1..100000 LOOP ${BATCH} END LOOP; END $$; CALL fill();`,
      manner: "plain",
      says: /in procedure fill/,
    },
    {
      history: USERS,
      sql: `DO $$ BEGIN LOOP ${BATCH} EXIT WHEN NOT FOUND; END LOOP; COMMIT; END $$;`,
      manner: "plain",
    },
  ],
  safe: [
    {
      history: USERS,
      sql: `DO $$ BEGIN LOOP ${BATCH} EXIT WHEN NOT FOUND; COMMIT; END LOOP; END $$;`,
      manner: "plain",
    },
    {
      history: USERS,
      sql: "DO $$ DECLARE r record; BEGIN LOOP FOR r IN SELECT id FROM users WHERE age IS NULL LIMIT 10 LOOP UPDATE users SET age = 1 WHERE id = r.id; END LOOP; EXIT WHEN NOT FOUND; COMMIT; END LOOP; END $$;",
      manner: "plain",
    },
    { history: USERS, sql: "DO $$ BEGIN FOR i IN 1..10 LOOP INSERT INTO users VALUES (i, i); END LOOP; END $$;" },
    { history: USERS, sql: "DO $$ BEGIN FOR i IN 1..10 LOOP UPDATE users SET age = i WHERE id = 7; END LOOP; END $$;" },
    {
      history: USERS,
      sql: "CREATE TEMP TABLE pile (id int); DO $$ BEGIN LOOP DELETE FROM pile; EXIT; END LOOP; END $$;",
    },
    {
      history: USERS,
      sql: `CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$ BEGIN LOOP ${BATCH} EXIT WHEN NOT FOUND; END LOOP; END $$;`,
    },
  ],
};
