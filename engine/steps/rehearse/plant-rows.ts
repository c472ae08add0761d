import { ServerError, type Session } from "../../core/ports.js";
import { quoteIdentifier } from "../../core/quote-identifier.js";
import type { DataPicture, TablePicture } from "../../core/rehearsal/compare-data.js";
import { seedValues, type SeedColumn } from "../../core/rehearsal/seed-values.js";

const ROWS = 3;
/** Combinations tried for one row: a CHECK may want another text. */
const TRIES = 6;

/** Tables and columns that were tried before, by `placeOf`: what cannot be filled once cannot be filled the next time. */
export type Planted = Set<string>;

/**
 * Puts a few rows into each empty table, and a value into one row of each column that has none yet: without rows no loss of any
 * would be seen. Most rows of an old table stay without the new value, as where a backfill is still to come.
 * @returns whether anything was written
 */
export async function plantRows(watch: Session, data: DataPicture, planted: Planted): Promise<boolean> {
  const empty = [...data].flatMap(([table, picture]) => placesIn(table, picture).filter((key) => !planted.has(key)));
  if (empty.length === 0) return false;
  for (const key of empty) planted.add(key);
  const names = [...data.keys()].filter((table) => empty.some((key) => key.startsWith(`${table} `)));
  let hasWritten = false;
  for (const table of inOrder(await describeTables(watch, names))) {
    const columns = table.columns.filter(({ name }) => empty.includes(placeOf(table.name, name)));
    const isEmpty = empty.includes(placeOf(table.name));
    const isWritten = isEmpty ? await fillTable(watch, table) : await fillColumns(watch, table, columns);
    hasWritten ||= isWritten;
  }
  return hasWritten;
}

/** What is empty there: the table itself, or columns of it. */
function placesIn(table: string, { rows, columns }: TablePicture): string[] {
  if (rows === 0) return [placeOf(table)];
  return [...columns].flatMap(([name, { values }]) => (values === 0 ? placeOf(table, name) : []));
}

function placeOf(table: string, column = ""): string {
  return `${table} ${column}`;
}

interface SeedTable {
  /** `public.users`; it is SQL. */
  readonly name: string;
  readonly columns: readonly (SeedColumn & { readonly reference: Reference | null })[];
}

interface Reference {
  readonly table: string;
  readonly column: string;
}

async function fillTable(watch: Session, table: SeedTable): Promise<boolean> {
  let isWritten = false;
  for (let n = 1; n <= ROWS; n++) {
    const all = table.columns;
    const required = all.filter(({ isRequired }) => isRequired);
    isWritten = (await insert(watch, table, all, n)) || (await insert(watch, table, required, n)) || isWritten;
  }
  return isWritten;
}

async function insert(watch: Session, table: SeedTable, columns: SeedTable["columns"], n: number): Promise<boolean> {
  const names = columns.map(({ name }) => quoteIdentifier(name));
  for (let tried = 0; tried < TRIES; tried++) {
    const values = columns.map((column) => valueOf(table, column, n, tried));
    if (values.includes(undefined)) return false;
    const sql =
      names.length === 0
        ? `INSERT INTO ${table.name} DEFAULT VALUES`
        : `INSERT INTO ${table.name} (${names.join(", ")}) VALUES (${values.join(", ")})`;
    if (await succeeds(watch, sql)) return true;
  }
  return false;
}

/** Of a foreign key the nth row there, or the last one. */
function valueOf(
  { name }: SeedTable,
  column: SeedTable["columns"][number],
  n: number,
  tried: number,
): string | undefined {
  if (column.reference === null) {
    const values = seedValues(column, n);
    return values[Math.min(tried, values.length - 1)] ?? (column.isRequired ? undefined : "NULL");
  }
  const { table, column: key } = column.reference;
  if (table === name) return column.isRequired ? undefined : "NULL";
  const others = `SELECT ${quoteIdentifier(key)} FROM ${table} WHERE ${quoteIdentifier(key)} IS NOT NULL ORDER BY 1`;
  return `(SELECT * FROM (${others} LIMIT ${n}) AS nth ORDER BY 1 DESC LIMIT 1)`;
}

async function fillColumns(watch: Session, table: SeedTable, columns: SeedTable["columns"]): Promise<boolean> {
  let isWritten = false;
  for (const column of columns) {
    for (let tried = 0; tried < TRIES; tried++) {
      const value = valueOf(table, column, 1, tried);
      if (value === undefined || value === "NULL") break;
      const first = `SELECT ctid FROM ${table.name} LIMIT 1`;
      const sql = `UPDATE ${table.name} SET ${quoteIdentifier(column.name)} = ${value} WHERE ctid = (${first})`;
      if (!(await succeeds(watch, sql))) continue;
      isWritten = true;
      break;
    }
  }
  return isWritten;
}

/** What a constraint or trigger does not let in stays out. */
async function succeeds(watch: Session, sql: string): Promise<boolean> {
  try {
    return (await watch.execute(sql)) > 0;
  } catch (error) {
    if (error instanceof ServerError) return false;
    throw error;
  }
}

/** Tables after those their foreign keys point to. */
function inOrder(tables: readonly SeedTable[]): SeedTable[] {
  const ordered: SeedTable[] = [];
  const visit = (table: SeedTable, path: readonly string[]): void => {
    if (ordered.includes(table) || path.includes(table.name)) return;
    for (const { reference } of table.columns) {
      const target = tables.find(({ name }) => name === reference?.table);
      if (target !== undefined) visit(target, [...path, table.name]);
    }
    ordered.push(table);
  };
  for (const table of tables) visit(table, []);
  return ordered;
}

async function describeTables(watch: Session, names: readonly string[]): Promise<SeedTable[]> {
  const rows = await watch.query(COLUMNS, [JSON.stringify(names)]);
  return rows.map(({ name, columns }) => ({
    name: name ?? "",
    columns: JSON.parse(columns ?? "[]") as SeedTable["columns"],
  }));
}

/** Not the columns that the server fills by itself. */
const COLUMNS = `
WITH RECURSIVE base AS (
  SELECT t.oid, t.oid AS base, t.typtype, t.typbasetype FROM pg_catalog.pg_type t
  UNION ALL SELECT b.oid, t.oid, t.typtype, t.typbasetype FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.typbasetype WHERE b.typtype = 'd'
)
SELECT named.name, (SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
    'name', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod), 'base', t.typname, 'category', t.typcategory,
    'length', CASE WHEN t.typname IN ('varchar', 'bpchar') AND a.atttypmod > 4 THEN a.atttypmod - 4 END,
    'labels', coalesce((SELECT pg_catalog.jsonb_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid), '[]'),
    'constants', coalesce((SELECT pg_catalog.jsonb_agg(m.part[1]) FROM pg_catalog.pg_constraint k,
      pg_catalog.regexp_matches(pg_catalog.pg_get_constraintdef(k.oid), '''([^''%]*)''::', 'g') AS m(part)
      WHERE k.conrelid = a.attrelid AND k.contype = 'c' AND k.conkey = ARRAY[a.attnum]), '[]'),
    'isRequired', a.attnotnull AND NOT a.atthasdef,
    'reference', (SELECT pg_catalog.jsonb_build_object('table', pg_catalog.format('%I.%I', fn.nspname, fc.relname), 'column', fa.attname)
      FROM pg_catalog.pg_constraint f JOIN pg_catalog.pg_class fc ON fc.oid = f.confrelid JOIN pg_catalog.pg_namespace fn ON fn.oid = fc.relnamespace
      JOIN pg_catalog.pg_attribute fa ON fa.attrelid = f.confrelid AND fa.attnum = f.confkey[1]
      WHERE f.contype = 'f' AND f.conrelid = a.attrelid AND f.conkey = ARRAY[a.attnum] LIMIT 1)
  ) ORDER BY a.attnum)::text
  FROM pg_catalog.pg_attribute a JOIN base b ON b.oid = a.atttypid AND b.typtype <> 'd' JOIN pg_catalog.pg_type t ON t.oid = b.base
  WHERE a.attrelid = pg_catalog.to_regclass(named.name) AND a.attnum > 0 AND NOT a.attisdropped
    AND a.attidentity = '' AND a.attgenerated = '' AND pg_catalog.pg_get_serial_sequence(named.name, a.attname) IS NULL) AS columns
FROM pg_catalog.jsonb_array_elements_text($1::jsonb) AS named(name)`;
