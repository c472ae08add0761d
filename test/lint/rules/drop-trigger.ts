import type { RuleRows } from "../rule-rows.js";

const USERS =
  "CREATE TABLE users (id int, at date); CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.at := now(); RETURN NEW; END'; CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch(); CREATE RULE seen AS ON DELETE TO users DO ALSO NOTHING;";

export const rows: RuleRows = {
  rule: "drop-trigger",
  unsafe: [
    {
      history: USERS,
      sql: "DROP TRIGGER touched ON users;",
      says: /drops trigger users\.touched: what the release/,
      fix: /@phase contract/,
    },
    { history: USERS, sql: "drop rule if exists seen on public.users", says: /rule users\.seen/ },
    { history: USERS, sql: "DO $$ BEGIN DROP TRIGGER touched ON users; END $$;" },
    {
      history: USERS,
      sql: "DROP TRIGGER touched ON users; CREATE TRIGGER other BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();",
    },
  ],
  safe: [
    {
      history: USERS,
      sql: "DROP TRIGGER IF EXISTS touched ON users; CREATE TRIGGER touched BEFORE UPDATE OF id ON users FOR EACH ROW EXECUTE FUNCTION touch();",
    },
    { sql: `${USERS} DROP TRIGGER touched ON users; DROP RULE seen ON users;` },
    { history: USERS, sql: "-- @phase contract\n-- @closes 0001\nDROP TRIGGER touched ON users;" },
  ],
};
