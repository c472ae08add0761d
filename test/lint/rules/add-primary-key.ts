import type { RuleRows } from "../rule-rows.js";

const USERS = "CREATE TABLE users (id int, mail text NOT NULL);";

export const rows: RuleRows = {
  rule: "add-primary-key",
  unsafe: [
    {
      history: USERS,
      sql: "ALTER TABLE users ADD PRIMARY KEY (id);",
      says: /makes id the primary key of users: an index of all rows is built/,
      fix: /id IS NOT NULL\) NOT VALID[^]*CREATE UNIQUE INDEX CONCURRENTLY users_pkey ON users \(id\);\n.*\nALTER TABLE users ADD CONSTRAINT users_pkey PRIMARY KEY USING INDEX users_pkey;/,
    },
    {
      history: USERS,
      sql: "ALTER TABLE users ADD CONSTRAINT k PRIMARY KEY (mail);",
      fix: /^-- expand, a file of its own:\nCREATE UNIQUE INDEX CONCURRENTLY k ON users \(mail\)/,
    },
    { history: USERS, sql: "ALTER TABLE users ADD n bigserial PRIMARY KEY;", says: /makes n the primary key/ },
    {
      history: USERS,
      sql: "ALTER TABLE IF EXISTS public.users ADD PRIMARY KEY (mail, id) INCLUDE (mail);",
      says: /mail, id/,
    },
    { history: USERS, sql: "DO $$ BEGIN ALTER TABLE users ADD PRIMARY KEY (mail); END $$;", says: /in the DO block/ },
    { history: USERS, sql: "ALTER TABLE users ADD PRIMARY KEY (mail);", manner: "plain" },
  ],
  safe: [
    {
      history: [USERS, "CREATE UNIQUE INDEX CONCURRENTLY by_mail ON users (mail);"],
      sql: "ALTER TABLE users ADD CONSTRAINT users_pkey PRIMARY KEY USING INDEX by_mail;",
    },
    { sql: `${USERS} ALTER TABLE users ADD PRIMARY KEY (id);` },
    { sql: "CREATE TABLE users (id int PRIMARY KEY);" },
  ],
};
