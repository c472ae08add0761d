import type { RuleRows } from "../rule-rows.js";

const USERS = "CREATE TABLE users (id int, name text); INSERT INTO users VALUES (1, 'a');";

export const rows: RuleRows = {
  rule: "enable-rls",
  unsafe: [
    {
      history: USERS,
      sql: "ALTER TABLE users ENABLE ROW LEVEL SECURITY;",
      says: /puts users under row security while no policy lets SELECT, INSERT, UPDATE, DELETE through/,
      fix: /CREATE POLICY everybody ON users USING \(true\);/,
    },
    { history: USERS, sql: "alter table only public.users force row level security", says: /its owner included/ },
    {
      history: USERS,
      sql: "ALTER TABLE users ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON users USING (true);",
      manner: "plain",
    },
    {
      history: USERS,
      sql: "ALTER TABLE users ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON users FOR SELECT USING (true);",
      says: /INSERT, UPDATE, DELETE/,
    },
    { history: USERS, sql: "DO $$ BEGIN ALTER TABLE users ENABLE ROW LEVEL SECURITY; END $$;" },
  ],
  safe: [
    { history: USERS, sql: "CREATE POLICY own ON users USING (true); ALTER TABLE users ENABLE ROW LEVEL SECURITY;" },
    { history: USERS, sql: "ALTER TABLE users ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON users USING (true);" },
    {
      history: [USERS, "CREATE POLICY own ON users USING (true);"],
      sql: "ALTER TABLE users ENABLE ROW LEVEL SECURITY;",
      manner: "plain",
    },
    { sql: `${USERS} ALTER TABLE users ENABLE ROW LEVEL SECURITY;` },
  ],
};
