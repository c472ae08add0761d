import type { RuleRow, RuleRows } from "../rule-rows.js";

const TYPES = `
  CREATE DOMAIN plain_text AS text; CREATE DOMAIN short AS varchar(20); CREATE DOMAIN positive AS int CHECK (VALUE > 0);
  CREATE DOMAIN number AS int; CREATE TYPE mood AS ENUM ('good', 'bad');`;

/** A column of a type, on a table with a primary key. */
function holding(type: string): string {
  return `${TYPES} CREATE TABLE t (id int PRIMARY KEY, c ${type});`;
}

function change(from: string, to: string): RuleRow {
  return { history: holding(from), sql: `ALTER TABLE t ALTER COLUMN c TYPE ${to};` };
}

function cast(from: string, to: string): RuleRow {
  return { history: holding(from), sql: `ALTER TABLE t ALTER c SET DATA TYPE ${to} USING c::${to};` };
}

const INDEXED = "CREATE TABLE users (id int PRIMARY KEY, mail varchar(20), day timestamp, team int);";

export const rows: RuleRows = {
  rule: "alter-type-rewrite",
  unsafe: [
    {
      ...change("int", "bigint"),
      says: /changes t\.c from int4 to int8: the table is written anew while nobody reads or writes/,
      fix: /ADD COLUMN c_new bigint;[^]*NEW\.c_new := \(SELECT c::bigint FROM[^]*UPDATE t SET c_new = c::bigint WHERE c_new IS NULL AND id BETWEEN/,
    },
    ...["smallint", "text", "numeric", "positive"].map((to) => cast("int", to)),
    ...["varchar(10)", "char(20)", "char(40)", "name", "mood", "json", "bytea", "uuid", "xml"].map((to) =>
      cast("varchar(20)", to),
    ),
    ...["varchar(20)", "char(10)", "name", "jsonb"].map((to) => cast("text", to)),
    ...["text", "varchar", "varchar(20)", "char(20)", "char(5)"].map((to) => change("char(10)", to)),
    ...["numeric(12, 3)", "numeric(12, 1)", "numeric(8, 2)", "numeric(10)", "int"].map((to) =>
      change("numeric(10, 2)", to),
    ),
    change("numeric", "numeric(10, 2)"),
    change("real", "double precision"),
    change("double precision", "real"),
    ...["timestamp(2)", "date", "timestamptz(3)", "text"].map((to) => change("timestamp(3)", to)),
    change("timestamp", "timestamp(3)"),
    change("timestamptz", "timestamptz(0)"),
    change("date", "timestamp"),
    change("time(3)", "time(1)"),
    change("interval", "interval(3)"),
    change("interval", "interval day"),
    change("interval day", "interval year"),
    change("inet", "cidr"),
    change("varbit(5)", "varbit(3)"),
    change("bit(5)", "varbit(5)"),
    cast("bit(5)", "bit(10)"),
    cast("mood", "text"),
    cast("text", "mood"),
    cast("json", "jsonb"),
    cast("jsonb", "json"),
    cast("boolean", "int"),
    cast("uuid", "text"),
    change("short", "varchar(40)"),
    change("short", "varchar(20)"),
    change("number", "positive"),
    change("positive", "bigint"),
    ...["varchar(40)[]", "text[]"].map((to) => change("varchar(20)[]", to)),
    change("int[]", "bigint[]"),
    {
      history: holding("varchar(20)"),
      sql: "ALTER TABLE t ALTER c TYPE text USING lower(c);",
      says: /from varchar\(20\) to text with other values/,
      fix: /SET c_new = lower\(c\)/,
    },
    { history: holding("text"), sql: "ALTER TABLE t ALTER c TYPE text USING c::varchar(10)::text;" },
    { history: holding("int"), sql: "ALTER TABLE t ALTER c TYPE int USING id;" },
    { history: holding("mood"), sql: "ALTER TABLE t ALTER c TYPE public.mood USING c::text::public.mood;" },
    {
      history: [holding("varchar(20)"), "ALTER TABLE t ALTER c TYPE varchar(80);"],
      sql: "ALTER TABLE t ALTER c TYPE varchar(40);",
      says: /from varchar\(80\) to varchar\(40\)/,
    },
    {
      history: [
        holding("int"),
        "-- @phase contract\n-- @closes 0001\nALTER TABLE t RENAME TO u; ALTER TABLE u RENAME c TO d;",
      ],
      sql: `ALTER TABLE IF EXISTS ONLY "u" ALTER id TYPE int, ALTER "d" TYPE bigint;`,
      says: /changes u\.d from int4 to int8/,
    },
    {
      history: "CREATE TABLE t AS SELECT 'a'::varchar(20) AS c;",
      sql: "ALTER TABLE t ALTER c TYPE text USING c || '';",
      says: /t\.c, whose present type no file shows, to text/,
    },
    { history: holding("timestamp"), sql: "ALTER TABLE t ALTER c TYPE timestamptz USING c AT TIME ZONE 'UTC';" },
    {
      history: `${INDEXED} CREATE INDEX low ON users (lower(mail));`,
      sql: "ALTER TABLE users ALTER mail TYPE varchar(40);",
      says: /from varchar\(20\) to varchar\(40\): the index low is built anew/,
    },
    {
      history: `${INDEXED} CREATE INDEX part ON users (team) WHERE mail <> ''; CREATE INDEX few ON users (mail) WHERE team > 0;`,
      sql: "ALTER TABLE users ALTER mail TYPE text;",
      says: /the indexes part, few are built anew/,
    },
    {
      history: `${INDEXED} CREATE INDEX d ON users (day);`,
      sql: "ALTER TABLE users ALTER day TYPE timestamptz;",
      says: /index d/,
    },
    {
      history: `${INDEXED} CREATE INDEX o ON users (team);`,
      sql: "ALTER TABLE users ALTER team TYPE oid;",
      says: /index o/,
    },
    {
      history: "CREATE TABLE users (mail text UNIQUE);",
      sql: "ALTER TABLE users ALTER mail TYPE bpchar;",
      says: /index users_mail_key/,
    },
    {
      history:
        "CREATE TABLE p (id int, k int) PARTITION BY RANGE (k); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (9);",
      sql: "ALTER TABLE p ALTER id TYPE bigint;",
    },
    { history: holding("int"), sql: "DO $$ BEGIN ALTER TABLE t ALTER c TYPE bigint; END $$;", says: /in the DO block/ },
    { history: holding("int"), sql: "BEGIN; ALTER TABLE t ALTER c TYPE bigint; COMMIT;", manner: "plain" },
    {
      history: holding("int"),
      sql: "-- @phase contract\n-- @closes 0001\nALTER TABLE t ALTER c TYPE bigint;",
    },
  ],
  safe: [
    ...["varchar(20)", "varchar(40)", "varchar", "text", "bpchar", "short", "plain_text"].map((to) =>
      change("varchar(20)", to),
    ),
    ...["varchar", "text", "bpchar", "plain_text"].map((to) => cast("text", to)),
    change("varchar", "text"),
    ...["numeric(12, 2)", "numeric(10, 2)", "numeric"].map((to) => change("numeric(10, 2)", to)),
    ...["timestamp(6)", "timestamp(4)", "timestamp", "timestamptz"].map((to) => change("timestamp(3)", to)),
    ...["timestamptz(5)", "timestamptz", "timestamp"].map((to) => change("timestamptz(3)", to)),
    change("timestamptz", "timestamptz(6)"),
    change("timestamp", "timestamptz(6)"),
    ...["time(6)", "time"].map((to) => change("time(3)", to)),
    change("timetz(3)", "timetz"),
    ...["interval", "interval(6)"].map((to) => change("interval(3)", to)),
    ...["interval", "interval hour", "interval day to second"].map((to) => change("interval day", to)),
    change("interval day to second(3)", "interval second(3)"),
    change("cidr", "inet"),
    ...["varbit(10)", "varbit"].map((to) => change("varbit(5)", to)),
    change("bit(5)", "varbit"),
    change("char(10)", "bpchar"),
    change("int", "oid"),
    change("oid", "regclass"),
    change("regclass", "oid"),
    change("int", "number"),
    change("positive", "int"),
    change("positive", "number"),
    change("positive", "positive"),
    change("short", "varchar"),
    change("short", "text"),
    change("plain_text", "text"),
    change("xml", "text"),
    change("mood", "mood"),
    change("mood", "public.mood"),
    change("varchar(20)[]", "varchar[]"),
    change("numeric(10, 2)[]", "numeric[]"),
    change("text", 'text COLLATE "C"'),
    { history: holding("varchar(20)"), sql: "ALTER TABLE t ALTER c TYPE text USING t.c::varchar(40)::text;" },
    { history: holding("varchar(20)"), sql: "ALTER TABLE t ALTER c TYPE text USING CAST((c) AS text);" },
    {
      history: [holding("varchar(20)"), "ALTER TABLE t ALTER c TYPE varchar(80);"],
      sql: "ALTER TABLE public.t ALTER c TYPE varchar(90), ALTER id TYPE integer;",
    },
    { history: [holding("int"), "ALTER TABLE t ADD d varchar(3);"], sql: "ALTER TABLE t ALTER d TYPE varchar(4);" },
    {
      history: `${INDEXED} CREATE INDEX m ON users (mail); CREATE INDEX p ON users (team) INCLUDE (mail); ALTER TABLE users ADD UNIQUE (mail);`,
      sql: "ALTER TABLE users ALTER mail TYPE text;",
    },
    { history: `${INDEXED} CREATE INDEX low ON users (lower(mail));`, sql: "ALTER TABLE users ALTER team TYPE oid;" },
    {
      history: "CREATE TABLE n (a cidr, b varbit(3)); CREATE INDEX ON n (a); CREATE INDEX ON n (b);",
      sql: "ALTER TABLE n ALTER a TYPE inet, ALTER b TYPE varbit(4);",
    },
    {
      history: "CREATE TABLE v (a int, b int GENERATED ALWAYS AS (a) VIRTUAL);",
      sql: "ALTER TABLE v ALTER b TYPE bigint;",
      server: 18,
    },
    { sql: `${holding("int")} ALTER TABLE t ALTER c TYPE bigint;` },
    { sql: "BEGIN; CREATE TABLE t (c int); ALTER TABLE t ALTER c TYPE text; COMMIT;", manner: "plain" },
    { history: "CREATE TYPE pair AS (a int, b int);", sql: "ALTER TYPE pair ALTER ATTRIBUTE a TYPE bigint;" },
  ],
};
