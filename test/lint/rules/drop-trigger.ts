import type { RuleRows } from "../rule-rows.js";

const USERS = `CREATE TABLE users (id int PRIMARY KEY, age int);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;`;
const TRIGGER = "CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();";

export const rows: RuleRows = {
  rule: "drop-trigger",
  unproven: "what the rows go without is what the trigger's function did",
  unsafe: [
    {
      history: USERS + TRIGGER,
      sql: "DROP TRIGGER touched ON users;",
      says: /drops trigger touched of users/,
      fix: /@phase contract/,
    },
    { history: USERS + TRIGGER, sql: "DROP TRIGGER IF EXISTS touched ON public.users CASCADE;" },
    { history: USERS + TRIGGER, sql: "DROP TRIGGER touched ON users;", manner: "plain" },
    { history: USERS + TRIGGER, sql: "DO $$ BEGIN EXECUTE 'DROP TRIGGER touched ON users'; END $$;" },
  ],
  safe: [
    { history: USERS + TRIGGER, sql: `DROP TRIGGER touched ON users; ${TRIGGER}` },
    { history: USERS, sql: "DROP TRIGGER IF EXISTS touched ON users;" },
    {
      history: [USERS + TRIGGER, "SELECT 1;"],
      sql: "-- @phase contract\n-- @closes 0002\nDROP TRIGGER touched ON users;",
    },
    { sql: `${USERS} ${TRIGGER} DROP TRIGGER touched ON users;` },
  ],
};
