import type { RuleRows } from "../rule-rows.js";

const USERS = `CREATE TABLE users (id int PRIMARY KEY, name text, age int); CREATE TABLE guests (id int PRIMARY KEY, name text);
CREATE TABLE settings (key text PRIMARY KEY, value text);`;

export const rows: RuleRows = {
  rule: "ddl-plus-dml",
  unsafe: [
    {
      history: USERS,
      sql: "ALTER TABLE users ADD COLUMN full_name text; UPDATE users SET full_name = name;",
      says: /updates users in the transaction that altered it: reads and writes of users wait until the last row is done/,
      fix: /UPDATE users SET full_name = name;/,
    },
    {
      history: USERS,
      sql: "ALTER TABLE ONLY public.users ALTER age SET DEFAULT 1; UPDATE users u SET age = 1 WHERE u.age IS NULL;",
    },
    {
      history: USERS,
      sql: "ALTER TABLE users ADD COLUMN kind text; INSERT INTO users (id, name) SELECT id + 1000000, name FROM guests;",
      says: /reads guests/,
    },
    {
      history: USERS,
      sql: "DO $$ BEGIN ALTER TABLE users ADD COLUMN x int; DELETE FROM users WHERE age > 10; END $$;",
    },
    {
      history: USERS,
      sql: "BEGIN; ALTER TABLE users ADD COLUMN x int; MERGE INTO users u USING guests g ON u.name = g.name WHEN MATCHED THEN UPDATE SET x = 1; COMMIT;",
      manner: "plain",
    },
    {
      history: USERS,
      sql: "ALTER TABLE users RENAME COLUMN age TO years; UPDATE users SET years = 0 WHERE years < 0;",
      manner: "plain",
      isOneTransaction: true,
    },
  ],
  safe: [
    {
      history: USERS,
      sql: "ALTER TABLE settings ADD COLUMN note text; UPDATE settings SET note = 'x' WHERE key = 'theme';",
    },
    { history: USERS, sql: "ALTER TABLE users ADD COLUMN x int; INSERT INTO users (id) VALUES (7);" },
    {
      history: USERS,
      sql: "ALTER TABLE settings ADD note text; UPDATE settings s SET note = v.note FROM (VALUES ('a', 'b'), ('c', 'd')) AS v (key, note) WHERE s.key = v.key;",
    },
    {
      history: USERS,
      sql: "CREATE TABLE copies AS SELECT * FROM users; ALTER TABLE copies ADD x int; UPDATE copies SET x = 1;",
    },
    { history: USERS, sql: "ALTER TABLE users ADD COLUMN x int; UPDATE users SET x = 1;", manner: "plain" },
    { history: USERS, sql: "BEGIN; ALTER TABLE users ADD x int; COMMIT; UPDATE users SET x = 1;", manner: "plain" },
    {
      history: USERS,
      sql: "ALTER TABLE users ADD COLUMN x int; UPDATE users SET x = 1 WHERE id IN (SELECT id FROM users LIMIT 100);",
    },
  ],
};
