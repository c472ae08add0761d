import { RETIRED_SCHEMA } from "../../core/engine-tables.js";
import type { Session } from "../../core/ports.js";
import { dottedName } from "../../core/quote-identifier.js";
import { retiredName, type RowsFacts } from "../../core/retired-object.js";
import type { Effect, Resolution, Resolved } from "./resolved.js";

const TABLE = `
SELECT c.oid, n.nspname AS schema, c.relname AS table,
  (SELECT coalesce(sum(pg_table_size(p)), 0) FROM (SELECT relid AS p FROM pg_partition_tree(c.oid) UNION SELECT c.oid) x)::int8 AS bytes,
  greatest((SELECT sum(reltuples) FROM pg_class x WHERE x.oid = c.oid OR x.oid IN (SELECT relid FROM pg_partition_tree(c.oid))), 1)::int8 AS rows
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass($1)`;

/** Deletes the rows into a copy: one statement, so that exactly what goes is what is kept. */
export async function resolveDelete(input: Resolution<"delete-rows">): Promise<Resolved> {
  const { session, action, position } = input;
  const target = await findTable(session, action.table);
  if (target === undefined) return { action, effects: [{ sql: action.sql }], objects: [], locks: [], notes: [] };
  const reason = input.copyNone ?? (await tooLarge(input, target));
  const facts = rowsFacts(input, target, reason, 0);
  const object = { position, kind: "rows" as const, object: `rows of ${target.schema}.${target.table}`, facts };
  if (facts.copy === null)
    return { action, effects: [{ sql: action.sql }], objects: [object], locks: [], notes: [noCopy(facts)] };
  const copy = dottedName([RETIRED_SCHEMA, facts.copy]);
  const cascade = watchCascade(input, target.oid);
  const effects: Effect[] = [
    { check: cascade.before },
    // It waits for single rows like any client; only a strong lock must never wait.
    { sql: "SET LOCAL lock_timeout = '10s'" },
    { sql: `CREATE TABLE ${copy} AS SELECT * FROM ${action.table} WITH NO DATA` },
    { sql: `WITH gone AS (${action.sql}\nRETURNING ${action.returning}.*) INSERT INTO ${copy} SELECT * FROM gone` },
    { sql: `SET LOCAL lock_timeout = ${input.lockTimeoutMs}` },
    { check: cascade.after },
  ];
  return { action, effects, objects: [object], locks: [], notes: [] };
}

/** Copies the tables, then empties them. Writers wait while it copies; readers do not. */
export async function resolveTruncate(input: Resolution<"truncate">): Promise<Resolved> {
  const { session, action, position } = input;
  const effects: Effect[] = [];
  const objects: Resolved["objects"][number][] = [];
  const notes: string[] = [];
  for (const [index, name] of action.tables.entries()) {
    const target = await findTable(session, name);
    if (target === undefined) continue;
    const isLarge = target.bytes > input.copyLimitBytes;
    const facts = {
      ...rowsFacts(input, target, input.copyNone ?? (isLarge ? aboveLimit(target.bytes, input) : null), index),
      sequences: await ownedSequences(session, target.oid),
    };
    objects.push({
      position: position + index,
      kind: "rows",
      object: `rows of ${target.schema}.${target.table}`,
      facts,
    });
    if (facts.copy === null) notes.push(noCopy(facts));
    else {
      effects.push({ sql: `LOCK TABLE ${name} IN SHARE ROW EXCLUSIVE MODE` });
      effects.push({ sql: `CREATE TABLE ${dottedName([RETIRED_SCHEMA, facts.copy])} AS TABLE ${name}` });
    }
  }
  return { action, effects: [...effects, { sql: action.sql }], objects, locks: [], notes };
}

interface Target {
  readonly oid: string;
  readonly schema: string;
  readonly table: string;
  readonly bytes: number;
  readonly rows: number;
}

async function findTable(session: Session, name: string): Promise<Target | undefined> {
  const [row] = await session.query(TABLE, [name]);
  return (
    row && {
      oid: row["oid"] ?? "",
      schema: row["schema"] ?? "",
      table: row["table"] ?? "",
      bytes: Number(row["bytes"]),
      rows: Number(row["rows"]),
    }
  );
}

function rowsFacts(
  { version, position }: { version: string; position: number },
  target: Target,
  reason: string | null,
  index: number,
): RowsFacts {
  const copy = reason === null ? retiredName(version, position + index, target.table) : null;
  return { schema: target.schema, table: target.table, copy, reason, sequences: [] };
}

function noCopy({ schema, table, reason }: RowsFacts): string {
  return `rows of ${schema}.${table} are deleted without a copy: ${reason ?? ""}`;
}

function aboveLimit(bytes: number, { copyLimitBytes }: { copyLimitBytes: number }): string {
  return `about ${bytes} bytes are above the limit of ${copyLimitBytes}; the backup is the copy`;
}

/** Why the rows are too many for a copy: by the table's size, else by what the planner expects of the statement. */
async function tooLarge(
  { session, action, copyLimitBytes }: Resolution<"delete-rows">,
  target: Target,
): Promise<string | null> {
  if (target.bytes <= copyLimitBytes) return null;
  const [plan] = await session.query(`EXPLAIN (FORMAT JSON) ${action.sql}`);
  const bytes = Math.round((expectedRows(plan?.["QUERY PLAN"] ?? "[]") * target.bytes) / target.rows);
  return bytes <= copyLimitBytes ? null : aboveLimit(bytes, { copyLimitBytes });
}

/** ModifyTable itself expects no rows; what it reads from does. */
function expectedRows(json: string): number {
  const [{ Plan: plan } = {}] = JSON.parse(json) as { Plan?: { Plans?: { "Plan Rows"?: number }[] } }[];
  return Math.max(0, ...(plan?.Plans ?? []).map((child) => child["Plan Rows"] ?? 0));
}

const OWNED_SEQUENCES = `
SELECT name, last_value FROM (
  SELECT s.oid::regclass::text AS name, CASE WHEN s.relkind = 'S' THEN pg_sequence_last_value(s.oid)::text END AS last_value
  FROM pg_class s JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.deptype IN ('a', 'i')
  WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = $1::oid) owned
WHERE last_value IS NOT NULL`;

async function ownedSequences(session: Session, oid: string): Promise<RowsFacts["sequences"]> {
  const rows = await session.query(OWNED_SEQUENCES, [oid]);
  return rows.map((row) => ({ name: row["name"] ?? "", lastValue: row["last_value"] ?? "" }));
}

/** Tables behind foreign keys that delete or change rows by themselves, at any depth, and how many rows this transaction touched in each. */
const CASCADED = `
WITH RECURSIVE behind AS (
  SELECT conrelid AS oid FROM pg_constraint WHERE contype = 'f' AND confrelid = $1::oid AND confdeltype IN ('c', 'n', 'd') AND conrelid <> confrelid
  UNION SELECT k.conrelid FROM pg_constraint k JOIN behind b ON k.confrelid = b.oid
  WHERE k.contype = 'f' AND k.confdeltype IN ('c', 'n', 'd')
)
SELECT b.oid::regclass::text AS name, (
  SELECT sum(pg_stat_get_xact_tuples_deleted(r) + pg_stat_get_xact_tuples_updated(r))
  FROM (SELECT b.oid AS r UNION SELECT relid FROM pg_partition_tree(b.oid)) x) AS touched
FROM behind b ORDER BY 1`;

/** A DELETE whose foreign keys take rows of other tables along would destroy what nobody copied. */
function watchCascade({ action, refuse }: Resolution<"delete-rows">, oid: string): { before: Check; after: Check } {
  let touched = new Map<string, string | null>();
  const read = async (session: Session) =>
    new Map((await session.query(CASCADED, [oid])).map((row) => [row["name"] ?? "", row["touched"] ?? null]));
  return {
    before: async (session) => {
      touched = await read(session);
    },
    after: async (session) => {
      const names = [...(await read(session))]
        .filter(([name, count]) => touched.get(name) !== count)
        .map(([name]) => name);
      if (names.length === 0) return;
      throw refuse(
        `deletes from ${action.table} and with it, by foreign key, changes ${names.join(", ")}, of which no copy was made`,
        `Delete those rows of ${names.join(", ")} in the same file, before it, so that they are copied, too.`,
      );
    },
  };
}

type Check = (session: Session) => Promise<void>;
