import { asHoldfastError } from "../../core/as-holdfast-error.js";
import { ServerError, type Session } from "../../core/ports.js";
import type { TableCount } from "../../core/row-counts.js";

/** Logged tables of users, partitions one by one, named as a backup's manifest names them. */
const TABLES = `
  SELECT format('%I.%I', n.nspname, c.relname) AS name
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  ORDER BY name`;

/** Of one table. A count reads it whole. */
const LIMIT_MS = 60_000;

/**
 * Rows of every table; null where one takes too long, is locked, or may not be read. A table dropped meanwhile is left out.
 *
 * @param limitMs for one table; 0: none
 */
export async function countTables(session: Session, limitMs = LIMIT_MS): Promise<TableCount[]> {
  await session.execute(`SET statement_timeout = ${limitMs}`);
  await session.execute("SET lock_timeout = 1000");
  const counts: TableCount[] = [];
  for (const { name } of await session.query(TABLES)) {
    if (name == null) continue;
    const rows = await countTable(session, name);
    if (rows !== undefined) counts.push({ table: name, rows });
  }
  return counts;
}

/** query_canceled, lock_not_available, insufficient_privilege */
const UNCOUNTED = ["57014", "55P03", "42501"];
/** undefined_table, invalid_schema_name */
const GONE = ["42P01", "3F000"];

async function countTable(session: Session, table: string): Promise<number | null | undefined> {
  try {
    const [row] = await session.query(`SELECT count(*) AS rows FROM ONLY ${table}`);
    return Number(row?.["rows"]);
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    if (GONE.includes(error.sqlState)) return undefined;
    if (UNCOUNTED.includes(error.sqlState)) return null;
    throw asHoldfastError(error) ?? error;
  }
}
