import type { Client } from "pg";
import {
  quote,
  readDatabases,
  readFiringTriggers,
  readSequences,
  readTable,
  type OldObjects,
  type TableRows,
} from "./old-objects.js";

/** Everything that stood there before the file and is gone, overwritten or off now, as sentences. */
export async function lookForLoss(client: Client, old: OldObjects): Promise<string[]> {
  return [
    ...(await lostRows(client, old)),
    ...(await rewoundSequences(client, old)),
    ...(await silencedTriggers(client, old)),
    ...(await orphans(client)),
    ...(await unloggedTables(client, old)),
    ...(await lostDatabases(client, old)),
  ];
}

interface Column {
  readonly oid: number;
  readonly attnum: number;
  readonly name: string;
  readonly table: string;
}

async function lostRows(client: Client, old: OldObjects): Promise<string[]> {
  const { rows: columns } = await client.query<Column>(
    `SELECT attrelid::int AS oid, attnum::int, attname AS name, attrelid::regclass::text AS table
     FROM pg_catalog.pg_attribute WHERE attrelid = ANY ($1::oid[]) AND attnum > 0 AND NOT attisdropped`,
    [[...old.rows.keys()]],
  );
  const lost: string[] = [];
  for (const [oid, table] of old.rows) {
    if (table.rows.size === 0) continue;
    const present = columns.filter((column) => column.oid === oid);
    if (present[0] === undefined) lost.push(`table ${table.name} is gone with ${table.rows.size} rows`);
    else lost.push(...(await compareTable(client, present[0].table, table, present)));
  }
  return lost;
}

async function compareTable(
  client: Client,
  nameNow: string,
  table: TableRows,
  present: readonly Column[],
): Promise<string[]> {
  const nameOf = (attnum: number): string | undefined => present.find((column) => column.attnum === attnum)?.name;
  const gone = table.columns
    .filter(({ attnum }, index) => nameOf(attnum) === undefined && hasValues(table, index))
    .map(({ name }) => `column ${table.name}.${name} is gone with its values`);
  const key = table.key.map(nameOf).filter((name) => name !== undefined);
  if (key.length < table.key.length) return gone;
  const asBefore = (type: (old: string) => string): string[] =>
    table.columns.map((column) => {
      const name = nameOf(column.attnum);
      return name === undefined ? "NULL" : `${quote(name)}${type(column.type)}`;
    });
  // Values count as they read in their old type; where that type is gone or takes them no longer, as they are.
  const read = (values: string[]) => readTable(client, nameNow, key.map(quote), values);
  const now = (await attempt(client, () => read(asBefore((type) => `::${type}`)))) ?? (await read(asBefore(() => "")));
  return [...gone, ...compareRows(table, now, (attnum) => nameOf(attnum) !== undefined)];
}

/** Undefined where it fails; a transaction that is open stays usable. */
async function attempt<T>(client: Client, action: () => Promise<T>): Promise<T | undefined> {
  const { rows } = await client.query<{ open: boolean }>(
    "SELECT pg_catalog.now() <> pg_catalog.statement_timestamp() AS open",
  );
  const isOpen = rows[0]?.open ?? false;
  if (isOpen) await client.query("SAVEPOINT attempt");
  try {
    return await action();
  } catch {
    if (isOpen) await client.query("ROLLBACK TO attempt");
    return undefined;
  }
}

function hasValues(table: TableRows, index: number): boolean {
  return [...table.rows.values()].some((row) => row[index] !== null);
}

function compareRows(
  table: TableRows,
  now: ReadonlyMap<string, readonly (string | null)[]>,
  isPresent: (attnum: number) => boolean,
): string[] {
  let [missing, changed] = [0, 0];
  for (const [key, before] of table.rows) {
    const after = now.get(key);
    if (after === undefined) missing++;
    else if (
      table.columns.some(({ attnum }, at) => isPresent(attnum) && before[at] !== null && before[at] !== after[at])
    )
      changed++;
  }
  return [
    ...(missing > 0 ? [`${missing} rows of ${table.name} are gone`] : []),
    ...(changed > 0 ? [`values in ${changed} rows of ${table.name} are overwritten`] : []),
  ];
}

async function rewoundSequences(client: Client, old: OldObjects): Promise<string[]> {
  const now = await readSequences(client);
  const nameOf = (oid: number): string => old.relations.find((relation) => relation.oid === oid)?.name ?? String(oid);
  return [...old.sequences]
    .filter(([oid, at]) => (now.get(oid) ?? at) < at)
    .map(([oid]) => `sequence ${nameOf(oid)} went back`);
}

async function silencedTriggers(client: Client, old: OldObjects): Promise<string[]> {
  const firing = await readFiringTriggers(client);
  const { rows } = await client.query<{ oid: number }>(
    "SELECT oid::int FROM pg_catalog.pg_trigger WHERE oid = ANY ($1::oid[])",
    [[...old.triggers.keys()]],
  );
  return rows.filter(({ oid }) => !firing.has(oid)).map(({ oid }) => `trigger ${old.triggers.get(oid)} is off`);
}

/** Rows that a valid foreign key should have refused. */
async function orphans(client: Client): Promise<string[]> {
  const { rows: keys } = await client.query<{ child: string; parent: string; of: string; to: string }>(
    `SELECT c.conrelid::regclass::text AS child, c.confrelid::regclass::text AS parent,
       quote_ident(f.attname) AS of, quote_ident(t.attname) AS to
     FROM pg_catalog.pg_constraint c
     JOIN pg_catalog.pg_attribute f ON f.attrelid = c.conrelid AND f.attnum = c.conkey[1]
     JOIN pg_catalog.pg_attribute t ON t.attrelid = c.confrelid AND t.attnum = c.confkey[1]
     WHERE c.contype = 'f' AND c.convalidated AND cardinality(c.conkey) = 1`,
  );
  const found: string[] = [];
  for (const { child, parent, of, to } of keys) {
    const { rowCount } = await client.query(
      `SELECT FROM ${child} a WHERE a.${of} IS NOT NULL AND NOT EXISTS (SELECT FROM ${parent} b WHERE b.${to} = a.${of}) LIMIT 1`,
    );
    if (rowCount !== 0) found.push(`rows of ${child} point at nothing, though a foreign key forbids it`);
  }
  return found;
}

async function unloggedTables(client: Client, old: OldObjects): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    "SELECT oid::regclass::text AS name FROM pg_catalog.pg_class WHERE oid = ANY ($1::oid[]) AND relpersistence = 'u' AND relkind = 'r'",
    [old.relations.filter(({ persistence }) => persistence === "p").map(({ oid }) => oid)],
  );
  return rows.map(({ name }) => `${name} would be empty after a crash`);
}

async function lostDatabases(client: Client, old: OldObjects): Promise<string[]> {
  const now = await readDatabases(client);
  return old.databases.filter((name) => !now.includes(name)).map((name) => `database ${name} is gone`);
}
