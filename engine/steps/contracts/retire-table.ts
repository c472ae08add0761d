import { RETIRED_SCHEMA } from "../../core/engine-tables.js";
import { retiredName, type PartitionFacts, type TableFacts } from "../../core/retired-object.js";
import { dottedName, quoteIdentifier } from "../../core/quote-identifier.js";
import type { Row } from "../../core/ports.js";
import { findDependents, goneId, type Dependent, type Gone } from "./dependents.js";
import { dropConstraint, isTrue, outgoingForeignKeys, type ReadConstraint } from "./read-constraints.js";
import type { Resolution, Resolved } from "./resolved.js";

/** The table and, of a partitioned one, its partitions at any depth: itself first. */
const MEMBERS = `
SELECT c.oid, n.nspname AS schema, c.relname AS table,
  NOT c.relispartition AND EXISTS (SELECT FROM pg_inherits h WHERE c.oid IN (h.inhparent, h.inhrelid)) AND c.relkind <> 'p' AS inheritance,
  CASE WHEN c.relispartition THEN (SELECT format('%I.%I', pn.nspname, p.relname) FROM pg_inherits h
    JOIN pg_class p ON p.oid = h.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace WHERE h.inhrelid = c.oid) END AS parent,
  CASE WHEN c.relispartition THEN (SELECT inhparent FROM pg_inherits WHERE inhrelid = c.oid) END AS parent_oid,
  pg_get_expr(c.relpartbound, c.oid) AS bound,
  (SELECT string_agg(DISTINCT pubname::text, ', ') FROM pg_publication_tables u
    WHERE u.schemaname = n.nspname AND u.tablename = c.relname) AS publications,
  (SELECT string_agg(o.relname, ', ') FROM pg_class o
    WHERE (o.oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = c.oid)
        OR o.oid IN (SELECT objid FROM pg_depend WHERE classid = 'pg_class'::regclass AND refobjid = c.oid AND deptype IN ('a', 'i') AND refobjsubid > 0))
      AND EXISTS (SELECT FROM pg_class x WHERE x.relname = o.relname AND x.relnamespace = to_regnamespace('${RETIRED_SCHEMA}'))) AS taken
FROM (SELECT to_regclass($1)::oid AS oid, 0 AS level UNION SELECT relid, level FROM pg_partition_tree(to_regclass($1)) WHERE level > 0) m
JOIN pg_class c ON c.oid = m.oid JOIN pg_namespace n ON n.oid = c.relnamespace
ORDER BY m.level, n.nspname, c.relname`;

/** Moves the table, with its partitions, indexes and sequences, into the schema the application cannot use. */
export async function resolveTable(input: Resolution<"retire-table">): Promise<Resolved> {
  const { session, action, version, position, gone } = input;
  const [root, ...partitions] = await session.query(MEMBERS, [action.table]);
  if (root === undefined)
    return { action, effects: action.ifExists ? [] : [{ sql: action.sql }], objects: [], locks: [], notes: [] };
  // It went along with the table it is a partition of, which the same statement drops.
  if (gone.has(goneId("pg_class", root["oid"]))) return { action, effects: [], objects: [], locks: [], notes: [] };
  const members = [root, ...partitions.filter(({ oid }) => !gone.has(goneId("pg_class", oid)))];
  await refuseWhatBinds(input, members);
  const keys: ReadConstraint[] = [];
  for (const { oid } of members) keys.push(...(await outgoingForeignKeys(session, oid ?? "")));
  const facts: TableFacts = {
    ...moveOf(root, retiredName(version, position, root["table"] ?? "")),
    // Those of a partition come and go with the table it belongs to.
    constraints: keys.filter((key) => !key.isInherited && isThere(key, gone)).map((key) => key.facts),
    partitions: members.slice(1).map((row, index) => moveOf(row, memberName(input, row, index + 1))),
    ...attachment(root),
  };
  const dropped = keys.filter((key) => isThere(key, gone) && (!key.isInherited || isOf(key, facts)));
  for (const { oid } of members) gone.add(goneId("pg_class", oid));
  for (const { oid } of keys) gone.add(goneId("pg_constraint", oid));
  const name = dottedName([facts.schema, facts.table]);
  return {
    action,
    effects: [
      ...(facts.partitionOf === undefined ? [] : [`ALTER TABLE ${facts.partitionOf.parent} DETACH PARTITION ${name}`]),
      ...dropped.map(dropConstraint),
      ...[facts, ...(facts.partitions ?? [])].flatMap(moveAway),
    ].map((sql) => ({ sql })),
    objects: [{ position, kind: "table", object: `${facts.schema}.${facts.table}`, facts }],
    locks: [
      ...members.map((row) => dottedName([row["schema"] ?? "", row["table"] ?? ""])),
      ...(facts.partitionOf === undefined ? [] : [facts.partitionOf.parent]),
      ...dropped.flatMap(({ pointsTo }) => pointsTo ?? []),
    ],
    notes: members.flatMap(published),
  };
}

async function refuseWhatBinds(input: Resolution<"retire-table">, members: readonly Row[]): Promise<void> {
  const { session, action, refuse } = input;
  if (members.some((row) => isTrue(row["inheritance"]))) {
    throw refuse(
      `drops ${action.table}, which inherits or is inherited from`,
      "Part them in an earlier contract: ALTER TABLE <child> NO INHERIT <parent>.",
    );
  }
  const taken = members.flatMap((row) => row["taken"] ?? []);
  if (taken.length > 0) {
    throw refuse(
      `drops ${action.table}, but ${RETIRED_SCHEMA} already holds ${taken.join(", ")}`,
      "Deploy until the table of that name that was retired before is purged.",
    );
  }
  const together = new Set([...(await goneTogether(input)), ...members.map(({ oid }) => goneId("pg_class", oid))]);
  const found: Dependent[] = [];
  for (const { oid } of members) found.push(...(await findDependents(session, oid ?? "", "0", together)));
  if (found.length === 0) return;
  const names = [...new Set(found.map(({ name }) => name))].join(", ");
  throw refuse(
    `drops ${action.table}, on which depends: ${names}`,
    `Drop what depends on it in the same file, before it: ${names}.`,
  );
}

/** Tables of one DROP TABLE do not stand in each other's way. */
async function goneTogether({ session, action, gone }: Resolution<"retire-table">): Promise<Gone> {
  const rows = await session.query(
    "SELECT to_regclass(name)::oid::text AS oid FROM json_array_elements_text($1::json) name",
    [JSON.stringify(action.together)],
  );
  return new Set([...gone, ...rows.map(({ oid }) => goneId("pg_class", oid))]);
}

function memberName({ version, position }: Resolution<"retire-table">, row: Row, index: number): string {
  return retiredName(version, position, `${index}_${row["table"] ?? ""}`);
}

function moveOf(row: Row, retired: string): PartitionFacts {
  return { schema: row["schema"] ?? "", table: row["table"] ?? "", retired };
}

function moveAway({ schema, table, retired }: PartitionFacts): string[] {
  return [
    `ALTER TABLE ${dottedName([schema, table])} RENAME TO ${quoteIdentifier(retired)}`,
    `ALTER TABLE ${dottedName([schema, retired])} SET SCHEMA ${RETIRED_SCHEMA}`,
  ];
}

/** Of a partition that goes alone. */
function attachment({ parent, bound }: Row): Pick<TableFacts, "partitionOf"> {
  return parent == null || bound == null ? {} : { partitionOf: { parent, bound } };
}

function isThere({ oid }: ReadConstraint, gone: Gone): boolean {
  return !gone.has(goneId("pg_constraint", oid));
}

/** Of the table itself: detached, it has a partition's keys for its own. */
function isOf({ facts }: ReadConstraint, table: TableFacts): boolean {
  return table.partitionOf !== undefined && facts.schema === table.schema && facts.table === table.table;
}

function published(row: Row): string[] {
  const name = dottedName([row["schema"] ?? "", row["table"] ?? ""]);
  if (row["publications"] == null) return [];
  return [`${name} is published by ${row["publications"]}: it stays in the publication until it is purged`];
}
