import type { RuleRows } from "../rule-rows.js";

const USERS =
  "CREATE TABLE users (id int, name text); ALTER TABLE users ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON users USING (name = current_user);";

export const rows: RuleRows = {
  rule: "drop-policy",
  unsafe: [
    { history: USERS, sql: "DROP POLICY own ON users;", says: /drops policy users\.own/, fix: /@phase contract/ },
    { history: USERS, sql: "drop policy if exists own on public.users", manner: "plain" },
    { history: USERS, sql: "DROP POLICY own ON users; CREATE POLICY own ON users USING (true);", manner: "plain" },
    { history: USERS, sql: "DO $$ BEGIN DROP POLICY own ON users; END $$;" },
  ],
  safe: [
    {
      history: USERS,
      sql: "DROP POLICY IF EXISTS every ON users; CREATE POLICY every ON users USING (true);",
      manner: "plain",
    },
    { history: USERS, sql: "DROP POLICY own ON users; CREATE POLICY own ON users USING (true);" },
    { history: USERS, sql: "ALTER POLICY own ON users USING (true);" },
    { sql: `${USERS} DROP POLICY own ON users;` },
    { history: USERS, sql: "-- @phase contract\n-- @closes 0001\nDROP POLICY own ON users;" },
  ],
};
