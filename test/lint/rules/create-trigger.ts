import type { RuleRows } from "../rule-rows.js";

const USERS = `CREATE TABLE users (id int PRIMARY KEY, age int);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;`;
const TRIGGER = "CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();";

export const rows: RuleRows = {
  rule: "create-trigger",
  unproven: "the lock is short, and what the trigger costs each write depends on its function",
  unsafe: [
    { history: USERS, sql: TRIGGER, manner: "plain", says: /puts trigger touched on users/, fix: /lock_timeout/ },
    {
      history: USERS,
      sql: 'CREATE OR REPLACE TRIGGER "T" AFTER INSERT ON public.users FOR EACH STATEMENT EXECUTE FUNCTION touch();',
      manner: "plain",
    },
  ],
  safe: [
    { history: USERS, sql: TRIGGER },
    { sql: `${USERS} ${TRIGGER}`, manner: "plain" },
  ],
};
