import type { RuleRows } from "../rule-rows.js";

const USERS = `CREATE TABLE users (id int PRIMARY KEY, name text, code text COLLATE "C", note varchar(20));`;
const INDEXED = `${USERS} CREATE INDEX by_name ON users (name); CREATE INDEX by_code ON users (id, code);`;

export const rows: RuleRows = {
  rule: "alter-type-collation",
  unsafe: [
    {
      history: INDEXED,
      sql: 'ALTER TABLE users ALTER COLUMN name TYPE text COLLATE "C";',
      says: /gives users\.name the collation C: its indexes \(by_name\) are built anew/,
    },
    {
      history: INDEXED,
      sql: "ALTER TABLE users ALTER code TYPE varchar;",
      says: /users\.code the collation default: its indexes \(by_code\)/,
    },
    {
      history: `${USERS} ALTER TABLE users ADD UNIQUE (note);`,
      sql: 'ALTER TABLE public.users ALTER note SET DATA TYPE varchar(40) COLLATE pg_catalog."POSIX" USING note::varchar(40);',
      says: /users_note_key/,
    },
    {
      history: `${USERS} CREATE INDEX u ON users (upper(note));`,
      sql: 'ALTER TABLE users ALTER note TYPE text COLLATE "C";',
    },
    {
      history: INDEXED,
      sql: `DO $$ BEGIN ALTER TABLE users ALTER name TYPE text COLLATE "C"; END $$;`,
      says: /in the DO block/,
    },
  ],
  safe: [
    { history: INDEXED, sql: 'ALTER TABLE users ALTER name TYPE text COLLATE "default";' },
    { history: INDEXED, sql: 'ALTER TABLE users ALTER code TYPE varchar COLLATE "C";' },
    { history: INDEXED, sql: 'ALTER TABLE users ALTER note TYPE text COLLATE "C";' },
    { sql: `${INDEXED} ALTER TABLE users ALTER name TYPE text COLLATE "C";` },
  ],
};
