import { RETIRED_SCHEMA } from "../../core/engine-tables.js";
import { retiredName } from "../../core/retired-object.js";
import { dottedName, quoteIdentifier } from "../../core/quote-identifier.js";
import { findDependents, goneId, type Gone } from "./dependents.js";
import { dropConstraint, isTrue, outgoingForeignKeys } from "./read-constraints.js";
import type { Resolution, Resolved } from "./resolved.js";

const TABLE = `
SELECT c.oid, n.nspname AS schema, c.relname AS table, c.relkind AS kind, c.relispartition AS partition,
  EXISTS (SELECT FROM pg_inherits h WHERE c.oid IN (h.inhparent, h.inhrelid)) AS inheritance,
  (SELECT string_agg(DISTINCT pubname::text, ', ') FROM pg_publication_tables u
    WHERE u.schemaname = n.nspname AND u.tablename = c.relname) AS publications,
  (SELECT string_agg(o.relname, ', ') FROM pg_class o
    WHERE (o.oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = c.oid)
        OR o.oid IN (SELECT objid FROM pg_depend WHERE classid = 'pg_class'::regclass AND refobjid = c.oid AND deptype IN ('a', 'i') AND refobjsubid > 0))
      AND EXISTS (SELECT FROM pg_class x WHERE x.relname = o.relname AND x.relnamespace = to_regnamespace('${RETIRED_SCHEMA}'))) AS taken
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass($1)`;

/** Moves the table, with its indexes and sequences, into the schema the application cannot use. */
export async function resolveTable(input: Resolution<"retire-table">): Promise<Resolved> {
  const { session, action, version, position, gone, refuse } = input;
  const [row] = await session.query(TABLE, [action.table]);
  if (row === undefined)
    return { action, effects: action.ifExists ? [] : [{ sql: action.sql }], objects: [], locks: [], notes: [] };
  if (row["kind"] === "p" || isTrue(row["partition"]) || isTrue(row["inheritance"])) {
    throw refuse(
      `drops ${action.table}, which is part of a partitioned or inherited table`,
      "Retiring such a table comes with a later release of Holdfast.",
    );
  }
  if (row["taken"] != null) {
    throw refuse(
      `drops ${action.table}, but ${RETIRED_SCHEMA} already holds ${row["taken"]}`,
      "Deploy until the table of that name that was retired before is purged.",
    );
  }
  const withTogether = await goneTogether(input);
  const dependents = await findDependents(session, row["oid"] ?? "", "0", withTogether);
  if (dependents.length > 0) {
    const names = dependents.map(({ name }) => name).join(", ");
    throw refuse(
      `drops ${action.table}, on which depends: ${names}`,
      `Drop what depends on it in the same file, before it: ${names}.`,
    );
  }
  const keys = (await outgoingForeignKeys(session, row["oid"] ?? "")).filter(
    ({ oid }) => !gone.has(goneId("pg_constraint", oid)),
  );
  gone.add(goneId("pg_class", row["oid"]));
  for (const { oid } of keys) gone.add(goneId("pg_constraint", oid));
  const [schema, table] = [row["schema"] ?? "", row["table"] ?? ""];
  const retired = retiredName(version, position, table);
  const name = dottedName([schema, table]);
  return {
    action,
    effects: [
      ...keys.map(dropConstraint),
      `ALTER TABLE ${name} RENAME TO ${quoteIdentifier(retired)}`,
      `ALTER TABLE ${dottedName([schema, retired])} SET SCHEMA ${RETIRED_SCHEMA}`,
    ].map((sql) => ({ sql })),
    objects: [
      {
        position,
        kind: "table",
        object: `${schema}.${table}`,
        facts: { schema, table, retired, constraints: keys.map(({ facts }) => facts) },
      },
    ],
    locks: [name, ...keys.flatMap(({ pointsTo }) => pointsTo ?? [])],
    notes:
      row["publications"] == null
        ? []
        : [`${name} is published by ${row["publications"]}: it stays in the publication until it is purged`],
  };
}

/** Tables of one DROP TABLE do not stand in each other's way. */
async function goneTogether({ session, action, gone }: Resolution<"retire-table">): Promise<Gone> {
  const rows = await session.query(
    "SELECT to_regclass(name)::oid::text AS oid FROM json_array_elements_text($1::json) name",
    [JSON.stringify(action.together)],
  );
  return new Set([...gone, ...rows.map(({ oid }) => goneId("pg_class", oid))]);
}
