import type { RuleRows } from "../rule-rows.js";

const USERS =
  "CREATE TABLE users (id int PRIMARY KEY, at date); CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.at := now(); RETURN NEW; END'; CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch(); CREATE RULE seen AS ON DELETE TO users DO ALSO NOTHING;";

export const rows: RuleRows = {
  rule: "disable-trigger",
  unsafe: [
    {
      history: USERS,
      sql: "ALTER TABLE users DISABLE TRIGGER touched;",
      says: /switches trigger touched of users off/,
    },
    { history: USERS, sql: "alter table only public.users disable trigger all;", says: /foreign keys included/ },
    {
      history: USERS,
      sql: "ALTER TABLE users DISABLE TRIGGER USER; UPDATE users SET at = NULL WHERE id = 1; ALTER TABLE users ENABLE TRIGGER USER;",
    },
    { history: USERS, sql: "ALTER TABLE users ENABLE REPLICA TRIGGER touched;" },
    { history: USERS, sql: "ALTER TABLE users DISABLE RULE seen;", says: /rule seen/ },
    { history: USERS, sql: "DO $$ BEGIN EXECUTE format('ALTER TABLE %I DISABLE TRIGGER ALL', 'users'); END $$;" },
  ],
  safe: [
    { history: USERS, sql: "ALTER TABLE users ENABLE TRIGGER touched;" },
    { history: USERS, sql: "ALTER TABLE users ENABLE ALWAYS TRIGGER touched;" },
    { sql: `${USERS} ALTER TABLE users DISABLE TRIGGER touched;` },
  ],
};
