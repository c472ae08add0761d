import type { TableCount } from "../../core/row-counts.js";
import type { BackupSession } from "./backup-session.js";

/** Anything that can be asked. */
type Asked = Pick<BackupSession, "query">;

/** Logged tables of users, partitions one by one. Unlogged ones are empty after every recovery, so they prove nothing. */
const TABLES = `
  SELECT format('%I.%I', n.nspname, c.relname) AS name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  ORDER BY name`;

/** Counts in one snapshot: that of the transaction which is open, else one of its own. */
export async function countRows(session: Asked): Promise<TableCount[]> {
  const counts: TableCount[] = [];
  for (const { name } of await session.query<{ name: string }>(TABLES)) {
    const rows = await countTable(session, name);
    if (rows !== undefined) counts.push({ table: name, rows });
  }
  return counts;
}

/** Counts all tables at one instant. */
export async function countNow(session: Asked): Promise<TableCount[]> {
  await session.query(BEGIN_SNAPSHOT);
  const counts = await countRows(session);
  await session.query("COMMIT");
  return counts;
}

export const BEGIN_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/** Undefined where the table was dropped since the snapshot. */
async function countTable(session: Asked, table: string): Promise<number | undefined> {
  await session.query("SAVEPOINT counting");
  try {
    const [row] = await session.query<{ rows: string }>(`SELECT count(*) AS rows FROM ONLY ${table}`);
    await session.query("RELEASE SAVEPOINT counting");
    return Number(row?.rows);
  } catch (error) {
    // undefined_table, invalid_schema_name
    const { code, sqlState = code } = error as { readonly code?: string; readonly sqlState?: string };
    if (!["42P01", "3F000"].includes(sqlState ?? "")) throw error;
    await session.query("ROLLBACK TO SAVEPOINT counting");
    return undefined;
  }
}
