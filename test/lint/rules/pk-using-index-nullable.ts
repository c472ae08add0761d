import type { RuleRows } from "../rule-rows.js";

const USERS = "CREATE TABLE users (id int, mail text NOT NULL); CREATE UNIQUE INDEX by_id ON users (id);";
const BY_MAIL = "CREATE UNIQUE INDEX by_mail ON users (mail);";

export const rows: RuleRows = {
  rule: "pk-using-index-nullable",
  unsafe: [
    {
      history: USERS,
      sql: "ALTER TABLE users ADD CONSTRAINT users_pkey PRIMARY KEY USING INDEX by_id;",
      says: /makes the index by_id the primary key of users, where id may be NULL/,
      fix: /CHECK \(id IS NOT NULL\) NOT VALID/,
    },
    {
      history: `${USERS} ALTER TABLE users ADD CONSTRAINT c CHECK (id IS NOT NULL) NOT VALID;`,
      sql: "ALTER TABLE users ADD PRIMARY KEY USING INDEX by_id;",
    },
    {
      history: [USERS, "CREATE UNIQUE INDEX CONCURRENTLY pair ON users (mail, id);"],
      sql: "ALTER TABLE public.users ADD n int, ADD PRIMARY KEY USING INDEX pair;",
      says: /where id may be NULL/,
    },
    {
      history: USERS,
      sql: "DO $$ BEGIN ALTER TABLE users ADD PRIMARY KEY USING INDEX by_id; END $$;",
      says: /in the DO block/,
    },
    { history: USERS, sql: "ALTER TABLE users ADD PRIMARY KEY USING INDEX by_id;", manner: "plain" },
  ],
  safe: [
    { history: `${USERS} ${BY_MAIL}`, sql: "ALTER TABLE users ADD PRIMARY KEY USING INDEX by_mail;" },
    {
      history: [
        USERS,
        "ALTER TABLE users ADD CONSTRAINT c CHECK (id IS NOT NULL) NOT VALID;",
        "-- @phase switch\nALTER TABLE users VALIDATE CONSTRAINT c;",
      ],
      sql: "ALTER TABLE users ADD PRIMARY KEY USING INDEX by_id;",
    },
    { sql: `${USERS} ALTER TABLE users ADD PRIMARY KEY USING INDEX by_id;` },
    { history: USERS, sql: "ALTER TABLE users ADD UNIQUE USING INDEX by_id;" },
  ],
};
