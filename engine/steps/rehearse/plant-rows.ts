import { ServerError, type Session } from "../../core/ports.js";
import { quoteIdentifier } from "../../core/quote-identifier.js";
import type { DataPicture, TablePicture } from "../../core/rehearsal/compare-data.js";
import { seedValues } from "../../core/rehearsal/seed-values.js";
import { describeTables, type SeedTable, type SeedTableColumn } from "./seed-tables.js";

const ROWS = 3;
/** Combinations tried for one row: a CHECK may want another text. */
const TRIES = 12;

/** Tables and columns that were tried before, by `placeOf`: what cannot be filled once cannot be filled the next time. */
export type Planted = Set<string>;

export interface PlantedRows {
  readonly hasWritten: boolean;
  /** Tables that took none. */
  readonly refused: readonly string[];
}

/**
 * Puts a few rows into each empty table, and a value into one row of each column that has none yet: without rows no loss of any
 * would be seen. Most rows of an old table stay without the new value, as where a backfill is still to come.
 */
export async function plantRows(watch: Session, data: DataPicture, planted: Planted): Promise<PlantedRows> {
  const empty = [...data].flatMap(([table, picture]) => placesIn(table, picture).filter((key) => !planted.has(key)));
  for (const key of empty) planted.add(key);
  const names = [...data.keys()].filter((table) => empty.some((key) => key.startsWith(`${table} `)));
  const refused: string[] = [];
  let hasWritten = false;
  for (const table of names.length === 0 ? [] : inOrder(await describeTables(watch, names))) {
    const columns = table.columns.filter(({ name }) => empty.includes(placeOf(table.name, name)));
    const isEmpty = empty.includes(placeOf(table.name));
    const isWritten = isEmpty ? await fillTable(watch, table) : await fillColumns(watch, table, columns);
    if (isEmpty && !isWritten) refused.push(table.name);
    hasWritten ||= isWritten;
  }
  return { hasWritten, refused };
}

/** What is empty there: the table itself, or columns of it. */
function placesIn(table: string, { rows, columns }: TablePicture): string[] {
  if (rows === 0) return [placeOf(table)];
  return [...columns].flatMap(([name, { values }]) => (values === 0 ? placeOf(table, name) : []));
}

function placeOf(table: string, column = ""): string {
  return `${table} ${column}`;
}

async function fillTable(watch: Session, table: SeedTable): Promise<boolean> {
  // In most tables the first thing that comes to mind is taken, all rows at once.
  const rows = Array.from({ length: ROWS }, (_, at) =>
    table.columns.map((column) => valueOf(table, column, at + 1, 0)),
  );
  if (rows.flat().length > 0 && !rows.flat().includes(undefined)) {
    const names = table.columns.map(({ name }) => quoteIdentifier(name)).join(", ");
    const values = rows.map((row) => `(${row.join(", ")})`).join(", ");
    if ((await refusalOf(watch, `INSERT INTO ${table.name} (${names}) VALUES ${values}`)) === null) return true;
  }
  let isWritten = false;
  for (let n = 1; n <= ROWS; n++) {
    const required = table.columns.filter(({ isRequired }) => isRequired);
    isWritten =
      (await insert(watch, table, table.columns, n)) || (await insert(watch, table, required, n)) || isWritten;
  }
  return isWritten;
}

/** Tries other values for the columns of the CHECK that refuses a row; for all of them where something else does. */
async function insert(watch: Session, table: SeedTable, columns: SeedTable["columns"], n: number): Promise<boolean> {
  const names = columns.map(({ name }) => quoteIdentifier(name));
  const tried = new Map<string, number>();
  for (let at = 0; at < TRIES; at++) {
    const values = columns.map((column) => valueOf(table, column, n, tried.get(column.name) ?? 0));
    if (values.includes(undefined)) return false;
    const given = names.length === 0 ? "DEFAULT VALUES" : `(${names.join(", ")}) VALUES (${values.join(", ")})`;
    const refusal = await refusalOf(watch, `INSERT INTO ${table.name} ${given}`);
    if (refusal === null) return true;
    const check = refusal.fields.constraint ?? "";
    const blamed = columns.filter(({ checks }) => checks.includes(check));
    for (const { name } of blamed.length === 0 ? columns : blamed) tried.set(name, (tried.get(name) ?? 0) + 1);
  }
  return false;
}

/** Of a foreign key the nth row there, or the last one. */
function valueOf({ name }: SeedTable, column: SeedTableColumn, n: number, tried: number): string | undefined {
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
      if ((await refusalOf(watch, sql)) !== null) continue;
      isWritten = true;
      break;
    }
  }
  return isWritten;
}

/** What a constraint or trigger does not let in stays out; null: it is in. */
async function refusalOf(watch: Session, sql: string): Promise<ServerError | null> {
  try {
    await watch.execute(sql);
    return null;
  } catch (error) {
    if (error instanceof ServerError) return error;
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
