import type { Client } from "pg";

/** A table, partition, matview, index, sequence or view that stood there before the file. Identity is the OID: a name may change hands. */
export interface OldRelation {
  readonly oid: number;
  readonly name: string;
  /** As in pg_class.relkind. */
  readonly kind: string;
  readonly filenode: number;
  readonly persistence: string;
  /** Of an index: its table. */
  readonly tableOid: number | null;
}

export interface OldObjects {
  readonly relations: readonly OldRelation[];
  /** Rows of each filled table, by OID. */
  readonly rows: ReadonlyMap<number, TableRows>;
  readonly sequences: ReadonlyMap<number, bigint>;
  /** Triggers that fire, as `table.trigger` by OID. */
  readonly triggers: ReadonlyMap<number, string>;
  readonly databases: readonly string[];
}

export interface TableRows {
  readonly name: string;
  /** Attribute numbers of what tells its rows apart. */
  readonly key: readonly number[];
  readonly columns: readonly { readonly attnum: number; readonly name: string; readonly type: string }[];
  /** The values as text, by the key's text. */
  readonly rows: ReadonlyMap<string, readonly (string | null)[]>;
}

const RELATIONS = `
  SELECT c.oid::int, c.oid::regclass::text AS name, c.relkind AS kind, c.relfilenode::int AS filenode,
    c.relpersistence AS persistence, i.indrelid::int AS "tableOid"
  FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
  WHERE c.relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    AND c.relpersistence <> 't' ORDER BY c.oid`;

const COLUMNS = `
  SELECT a.attrelid::int AS oid, a.attnum::int, a.attname AS name, pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
    coalesce(a.attnum = ANY (k.indkey::int2[]), false) AS "isKey"
  FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
  LEFT JOIN pg_catalog.pg_index k ON k.indrelid = c.oid AND k.indisprimary
  WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
    AND c.relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema') AND c.relpersistence <> 't'
  ORDER BY a.attrelid, a.attnum`;

interface ColumnRow {
  readonly oid: number;
  readonly attnum: number;
  readonly name: string;
  readonly type: string;
  readonly isKey: boolean;
}

export async function readOldObjects(client: Client): Promise<OldObjects> {
  const relations = (await client.query<OldRelation>(RELATIONS)).rows;
  return {
    relations,
    rows: await readRows(client, relations),
    sequences: await readSequences(client),
    triggers: await readFiringTriggers(client),
    databases: await readDatabases(client),
  };
}

async function readRows(client: Client, relations: readonly OldRelation[]): Promise<Map<number, TableRows>> {
  const columns = (await client.query<ColumnRow>(COLUMNS)).rows;
  const tables = new Map<number, TableRows>();
  for (const { oid, name } of relations.filter(({ kind }) => kind === "r")) {
    const own = columns.filter((column) => column.oid === oid);
    const keys = own.filter(({ isKey }) => isKey);
    // A table without a key is told row by row by its first column.
    const key = keys.length > 0 ? keys : own.slice(0, 1);
    const rows = await readTable(client, name, namesOf(key), namesOf(own));
    tables.set(oid, { name, key: key.map(({ attnum }) => attnum), columns: own, rows });
  }
  return tables;
}

/** @param values SQL expressions; their text counts */
export async function readTable(
  client: Client,
  table: string,
  key: readonly string[],
  values: readonly string[],
): Promise<Map<string, (string | null)[]>> {
  const asText = (list: readonly string[]): string => list.map((value) => `(${value})::text`).join(", ");
  if (key.length === 0) return new Map();
  const { rows } = await client.query<{ all: [string, (string | null)[]][] | null }>(
    `SELECT json_agg(json_build_array(concat_ws('|', ${asText(key)}), json_build_array(${asText(values)}))) AS all FROM ONLY ${table}`,
  );
  return new Map(rows[0]?.all ?? []);
}

export async function readSequences(client: Client): Promise<Map<number, bigint>> {
  const { rows } = await client.query<{ oid: number; at: string }>(
    `SELECT seqrelid::int AS oid, (last_value - CASE WHEN is_called THEN 0 ELSE 1 END)::text AS at
     FROM pg_catalog.pg_sequence, LATERAL pg_catalog.pg_get_sequence_data(seqrelid)`,
  );
  return new Map(rows.map(({ oid, at }) => [oid, BigInt(at)]));
}

export async function readFiringTriggers(client: Client): Promise<Map<number, string>> {
  const { rows } = await client.query<{ oid: number; name: string }>(
    `SELECT oid::int, tgrelid::regclass || '.' || tgname AS name FROM pg_catalog.pg_trigger WHERE tgenabled IN ('O', 'A')`,
  );
  return new Map(rows.map(({ oid, name }) => [oid, name]));
}

export async function readDatabases(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    "SELECT datname AS name FROM pg_catalog.pg_database WHERE datname LIKE 'kept%'",
  );
  return rows.map(({ name }) => name);
}

function namesOf(columns: readonly { readonly name: string }[]): string[] {
  return columns.map(({ name }) => quote(name));
}

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
