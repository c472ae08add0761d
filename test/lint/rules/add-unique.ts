import type { RuleRows } from "../rule-rows.js";

const USERS = "CREATE TABLE users (id int PRIMARY KEY, mail text, team int);";

export const rows: RuleRows = {
  rule: "add-unique",
  unsafe: [
    {
      history: USERS,
      sql: "ALTER TABLE users ADD CONSTRAINT one_mail UNIQUE (mail);",
      says: /makes mail of users unique: an index of all rows is built while nobody reads or writes/,
      fix: /CREATE UNIQUE INDEX CONCURRENTLY one_mail ON users \(mail\);\n.*\nALTER TABLE users ADD CONSTRAINT one_mail UNIQUE USING INDEX one_mail;/,
    },
    {
      history: USERS,
      sql: "ALTER TABLE public.users ADD a int, ADD UNIQUE NULLS NOT DISTINCT (team, mail) INCLUDE (id) DEFERRABLE INITIALLY DEFERRED;",
      fix: /users_team_mail_key ON users \(team, mail\) INCLUDE \(id\) NULLS NOT DISTINCT;\n.*\n.*USING INDEX users_team_mail_key DEFERRABLE INITIALLY DEFERRED;/,
    },
    {
      history: USERS,
      sql: `ALTER TABLE users ADD COLUMN "Nick" text UNIQUE;`,
      fix: /"users_Nick_key" ON users \("Nick"\)/,
    },
    {
      history:
        "CREATE TABLE p (id int, k int) PARTITION BY RANGE (k); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (9);",
      sql: "ALTER TABLE p ADD CONSTRAINT one UNIQUE (k);",
      fix: /INDEX one ON ONLY p \(k\);\n.*\nCREATE UNIQUE INDEX CONCURRENTLY p1_k_key ON p1 \(k\);\n.*\nALTER INDEX one ATTACH PARTITION p1_k_key;/,
    },
    { history: USERS, sql: "DO $$ BEGIN ALTER TABLE users ADD UNIQUE (mail); END $$;", says: /in the DO block/ },
    { history: USERS, sql: "ALTER TABLE users ADD UNIQUE (mail);", manner: "plain" },
    {
      history: "CREATE TABLE stays (room int4range, during tsrange);",
      sql: "ALTER TABLE stays ADD UNIQUE (room, during WITHOUT OVERLAPS);",
      server: 18,
    },
  ],
  safe: [
    {
      history: [USERS, "CREATE UNIQUE INDEX CONCURRENTLY one_mail ON users (mail);"],
      sql: "ALTER TABLE users ADD CONSTRAINT one_mail UNIQUE USING INDEX one_mail;",
    },
    { sql: `${USERS} ALTER TABLE users ADD UNIQUE (mail);` },
    { sql: "CREATE TABLE users (mail text UNIQUE, UNIQUE (mail));" },
    { sql: "SELECT 1 AS mail INTO copies; ALTER TABLE copies ADD UNIQUE (mail);" },
  ],
};
