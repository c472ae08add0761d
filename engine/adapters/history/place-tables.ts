import { ENGINE_SCHEMA, PUBLIC_COLUMNS, PUBLIC_TABLES, type PublicTable } from "../../core/engine-tables.js";
import type { ForeignHistory, Session } from "../../core/ports.js";
import { dottedName } from "../../core/quote-identifier.js";

/** Where one of the engine's public tables is, or will be made, and what it has. */
export interface Place {
  readonly schema: string;
  /** `"public"."schema_migrations"` */
  readonly name: string;
  /** Columns it has; null where it is to be made. */
  readonly columns: ReadonlySet<string> | null;
}

export interface Places {
  readonly tables: Readonly<Record<PublicTable, Place>>;
  readonly foreignHistory: ForeignHistory | null;
  /** The engine's private tables are there. */
  readonly hasRuns: boolean;
  /** Comment of the engine's schema; null where nobody has looked. */
  readonly layout: string | null;
}

/** What is expected before anybody has looked: everything complete in the configured schema. */
export function usualPlaces(schema: string): Places {
  const place = (table: PublicTable): Place => ({
    schema,
    name: dottedName([schema, table]),
    columns: new Set(PUBLIC_COLUMNS[table].columns.map(({ name }) => name)),
  });
  return {
    tables: {
      schema_migrations: place("schema_migrations"),
      system_versions: place("system_versions"),
      settings: place("settings"),
    },
    foreignHistory: null,
    hasRuns: true,
    layout: null,
  };
}

/** Every table is there, with all its columns. */
export function isComplete({ tables, hasRuns }: Places): boolean {
  const isWhole = (table: PublicTable): boolean =>
    PUBLIC_COLUMNS[table].columns.every(({ name }) => tables[table].columns?.has(name) === true);
  return hasRuns && PUBLIC_TABLES.every(isWhole);
}

/** Reads the catalog: ours in the configured schema; where the name is taken by a stranger, in the engine's own. */
export async function findPlaces(session: Session, schema: string): Promise<Places> {
  const { found, layout } = await readColumns(session, [schema, ENGINE_SCHEMA]);
  const place = (table: PublicTable): Place => {
    const usual = found.get(`${schema}.${table}`);
    // Where a stranger had the name when the tables were made, ours went to the engine's schema: it is not there, so this is it,
    // whatever columns it was given since.
    const isMade = found.has(`${ENGINE_SCHEMA}.runs`) && !found.has(`${ENGINE_SCHEMA}.${table}`);
    const isTaken = usual !== undefined && !isOurs(table, usual, isMade);
    const home = isTaken ? ENGINE_SCHEMA : schema;
    const columns = isTaken ? found.get(`${ENGINE_SCHEMA}.${table}`) : usual;
    return { schema: home, name: dottedName([home, table]), columns: columns ? new Set(columns.keys()) : null };
  };
  const tables = {
    schema_migrations: place("schema_migrations"),
    system_versions: place("system_versions"),
    settings: place("settings"),
  };
  const taken = tables.schema_migrations.schema === schema ? undefined : found.get(`${schema}.schema_migrations`);
  const table = `${schema}.schema_migrations`;
  const foreignHistory = taken === undefined ? null : { table, tool: toolOf([...taken.keys()]) };
  return { tables, foreignHistory, hasRuns: found.has(`${ENGINE_SCHEMA}.runs`), layout };
}

type Columns = ReadonlyMap<string, string>;

/** Ours has the first columns, of a fitting type, and none that is a stranger when it is met for the first time. */
function isOurs(table: PublicTable, columns: Columns, isMade: boolean): boolean {
  const { required, columns: own } = PUBLIC_COLUMNS[table];
  const names = own.map(({ name }) => name);
  if (!isMade && ![...columns.keys()].every((name) => names.includes(name))) return false;
  if (!names.slice(0, required).every((name) => columns.has(name))) return false;
  return (
    table !== "settings" || ["key", "value"].every((name) => /^(text|character varying)/.test(columns.get(name) ?? ""))
  );
}

/** By the columns each tool gives its table (their own sources and manuals). */
function toolOf(columns: readonly string[]): string {
  const signature = [...columns].sort().join(",");
  if (signature === "version") return "dbmate or Rails";
  if (signature === "dirty,version") return "golang-migrate";
  return "another tool";
}

const COLUMNS = `
  SELECT obj_description(to_regnamespace($3), 'pg_namespace') AS layout, n.nspname AS schema, c.relname AS table, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE n.nspname = ANY ($1::text[]) AND c.relname = ANY ($2::text[]) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`;

async function readColumns(
  session: Session,
  schemas: readonly string[],
): Promise<{ readonly found: ReadonlyMap<string, Columns>; readonly layout: string | null }> {
  const names = arrayLiteral([...PUBLIC_TABLES, "runs"]);
  const rows = await session.query(COLUMNS, [arrayLiteral(schemas), names, ENGINE_SCHEMA]);
  const found = new Map<string, Map<string, string>>();
  for (const row of rows) {
    const key = `${row["schema"] ?? ""}.${row["table"] ?? ""}`;
    const columns = found.get(key) ?? new Map<string, string>();
    found.set(key, columns.set(row["column"] ?? "", row["type"] ?? ""));
  }
  return { found, layout: rows[0]?.["layout"] ?? null };
}

/** A text[] as PostgreSQL reads it. */
export function arrayLiteral(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replace(/["\\]/g, "\\$&")}"`).join(",")}}`;
}
