import type { RuleRows } from "../rule-rows.js";

const ORDERS = "CREATE TABLE orders (id int PRIMARY KEY, note text, code text NOT NULL);";
const UNCHECKED = `${ORDERS} ALTER TABLE orders ADD CONSTRAINT has_note CHECK (note IS NOT NULL) NOT VALID;`;

export const rows: RuleRows = {
  rule: "set-not-null",
  unsafe: [
    {
      history: ORDERS,
      sql: "ALTER TABLE orders ALTER note SET NOT NULL;",
      says: /orders\.note NOT NULL: every row is read while nobody reads or writes/,
      fix: /CHECK \(note IS NOT NULL\) NOT VALID;\n.*\nALTER TABLE orders VALIDATE CONSTRAINT note_not_null;\n.*\nALTER TABLE orders ALTER COLUMN note SET/,
    },
    {
      history: ORDERS,
      sql: "ALTER TABLE orders ALTER note SET NOT NULL;",
      server: 18,
      fix: /ADD CONSTRAINT note_not_null NOT NULL note NOT VALID;\n.*\nALTER TABLE orders VALIDATE CONSTRAINT note_not_null;$/,
    },
    {
      history: UNCHECKED,
      sql: "ALTER TABLE public.orders ALTER COLUMN note SET NOT NULL;",
      fix: /^.*\nALTER TABLE orders VALIDATE CONSTRAINT has_note;\n.*\nALTER TABLE orders ALTER COLUMN note SET NOT NULL;$/,
    },
    {
      history: `${ORDERS} ALTER TABLE orders ADD CHECK (note IS NOT NULL OR id > 0);`,
      sql: "ALTER TABLE orders ALTER note SET NOT NULL;",
    },
    {
      history: `${ORDERS} ALTER TABLE orders ADD CHECK (note <> '');`,
      sql: "ALTER TABLE orders ALTER note SET NOT NULL;",
    },
    {
      history: `${ORDERS} ALTER TABLE orders ADD CHECK (coalesce(note, code) IS NOT NULL);`,
      sql: "ALTER TABLE orders ALTER note SET NOT NULL;",
    },
    {
      history: [
        UNCHECKED,
        "-- @phase switch\nALTER TABLE orders VALIDATE CONSTRAINT has_note;",
        "-- @phase contract\n-- @closes 0001\nALTER TABLE orders DROP CONSTRAINT has_note;",
      ],
      sql: "-- @phase switch\nALTER TABLE orders ALTER note SET NOT NULL;",
    },
    {
      history: `${ORDERS} ALTER TABLE orders ADD CONSTRAINT c CHECK (note IS NOT NULL) NOT ENFORCED;`,
      sql: "ALTER TABLE orders ALTER note SET NOT NULL;",
      server: 18,
    },
    {
      history: `${ORDERS} ALTER TABLE orders ADD CONSTRAINT c NOT NULL note NOT VALID;`,
      sql: "ALTER TABLE orders ALTER note SET NOT NULL;",
      server: 18,
    },
    { history: ORDERS, sql: "ALTER TABLE orders ADD CONSTRAINT c NOT NULL note;", server: 18, says: /orders\.note/ },
    {
      history: ORDERS,
      sql: "ALTER TABLE orders ADD shout text GENERATED ALWAYS AS (upper(code)) VIRTUAL NOT NULL;",
      server: 18,
      says: /orders\.shout/,
    },
    {
      history: ORDERS,
      sql: "ALTER TABLE orders ADD amount int DEFAULT 0; ALTER TABLE orders ALTER amount SET NOT NULL;",
      says: /orders\.amount/,
    },
    {
      history: `CREATE SCHEMA app; CREATE TABLE app."Orders" (id int, note text);`,
      sql: 'ALTER TABLE app."Orders" ALTER id SET NOT NULL, ALTER note SET NOT NULL;',
      fix: /ALTER TABLE app\."Orders" ADD/,
      times: 2,
    },
    {
      history: ORDERS,
      sql: "DO $$ BEGIN ALTER TABLE orders ALTER note SET NOT NULL; END $$;",
      says: /in the DO block/,
    },
    {
      history: `CREATE TABLE p (id int, k int) PARTITION BY RANGE (k); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (9);`,
      sql: "ALTER TABLE p ALTER id SET NOT NULL;",
    },
    {
      history: ORDERS,
      sql: "ALTER TABLE orders ALTER code DROP NOT NULL; ALTER TABLE orders ALTER code SET NOT NULL;",
      manner: "plain",
    },
    {
      history: "CREATE TABLE orders (note text CONSTRAINT given NOT NULL); ALTER TABLE orders DROP CONSTRAINT given;",
      sql: "ALTER TABLE orders ALTER note SET NOT NULL;",
      server: 18,
    },
  ],
  safe: [
    {
      history: [
        "CREATE TABLE p (id int, k int) PARTITION BY RANGE (k); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (9);",
        "ALTER TABLE p ADD CONSTRAINT c CHECK (id IS NOT NULL) NOT VALID;",
        "-- @phase switch\nALTER TABLE p VALIDATE CONSTRAINT c;",
      ],
      sql: "ALTER TABLE p1 ALTER id SET NOT NULL; ALTER TABLE p ALTER id SET NOT NULL;",
    },
    {
      history: [
        ORDERS,
        "ALTER TABLE orders ADD CONSTRAINT has_note CHECK (id > 0 AND note IS NOT NULL) NOT VALID;",
        "-- @phase switch\nALTER TABLE orders VALIDATE CONSTRAINT has_note;",
      ],
      sql: "-- @phase switch\nALTER TABLE orders ALTER note SET NOT NULL;",
    },
    {
      history: [
        UNCHECKED,
        "-- @phase switch\nALTER TABLE orders VALIDATE CONSTRAINT has_note;",
        "-- @phase contract\n-- @closes 0001\nALTER TABLE orders RENAME note TO remark; ALTER TABLE orders RENAME TO sales;",
      ],
      sql: "-- @phase switch\nALTER TABLE sales ALTER remark SET NOT NULL;",
    },
    {
      history: `${ORDERS} ALTER TABLE orders ADD CHECK (note IS NOT NULL);`,
      sql: "ALTER TABLE orders ALTER note SET NOT NULL;",
    },
    {
      history: `${ORDERS} ALTER TABLE orders ADD CHECK (NOT (note IS NULL OR id < 0));`,
      sql: "ALTER TABLE orders ALTER note SET NOT NULL;",
    },
    {
      history: `${ORDERS} ALTER TABLE orders ADD CONSTRAINT c NOT NULL note NOT VALID;`,
      sql: "-- @phase switch\nALTER TABLE orders VALIDATE CONSTRAINT c;",
      server: 18,
    },
    { history: ORDERS, sql: "ALTER TABLE orders ADD CONSTRAINT c NOT NULL note NOT VALID;", server: 18 },
    { history: ORDERS, sql: "ALTER TABLE orders ALTER code SET NOT NULL, ALTER id SET NOT NULL;" },
    { history: ORDERS, sql: "ALTER TABLE orders ADD amount int NOT NULL DEFAULT 0;" },
    { sql: "CREATE TABLE orders (note text); ALTER TABLE orders ALTER note SET NOT NULL;" },
  ],
};
