import type { Client } from "pg";
import type { OldObjects } from "./old-objects.js";

/** What one statement did to relations that stood there before, seen while its transaction was open. */
export interface Watched {
  readonly sql: string;
  /** Old tables whose readers or writers wait, as a second session found out. */
  readonly blocked: readonly string[];
  /** Work that grows with an old table: `reads orders`, `rewrites orders`. */
  readonly work: readonly string[];
  /** Old tables of which it holds row locks on more than a handful. */
  readonly rowsHeld: readonly string[];
}

/** Tables of the shop have at least twice as many rows: whoever touches so many goes through a table. */
const MANY = 100;
const STRONG = "('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')";

interface Counts {
  readonly oid: number;
  readonly filenode: number | null;
  readonly read: number;
  readonly written: number;
}

/** Counts of the session so far; the work of a statement is the difference. */
export type Baseline = ReadonlyMap<number, Counts>;

export async function countWork(session: Client, old: OldObjects): Promise<Baseline> {
  const oids = old.relations.map(({ oid }) => oid);
  const { rows } = await session.query<Counts>(
    `SELECT o.oid::int, pg_catalog.pg_relation_filenode(o.oid)::int AS filenode,
      (pg_catalog.pg_stat_get_xact_tuples_returned(o.oid) + pg_catalog.pg_stat_get_xact_tuples_fetched(o.oid))::int AS read,
      (pg_catalog.pg_stat_get_xact_tuples_updated(o.oid) + pg_catalog.pg_stat_get_xact_tuples_deleted(o.oid))::int AS written
     FROM pg_catalog.unnest($1::oid[]) AS o (oid)`,
    [oids],
  );
  return new Map(rows.map((row) => [row.oid, row]));
}

export async function watchStatement(
  session: Client,
  watcher: Client,
  old: OldObjects,
  sql: string,
  before: Baseline,
): Promise<Watched> {
  const after = await countWork(session, old);
  const { rows } = await session.query<{ oid: number }>(
    `SELECT DISTINCT relation::int AS oid FROM pg_catalog.pg_locks
     WHERE pid = pg_catalog.pg_backend_pid() AND locktype = 'relation' AND relation = ANY ($1::oid[]) AND mode IN ${STRONG}`,
    [old.relations.map(({ oid }) => oid)],
  );
  const blocked = await whoWaits(watcher, old, new Set(rows.map(({ oid }) => oid)));
  return { sql, blocked, ...workBetween(old, before, after) };
}

export function workBetween(old: OldObjects, before: Baseline, after: Baseline): Pick<Watched, "work" | "rowsHeld"> {
  const work: string[] = [];
  const rowsHeld: string[] = [];
  const read = new Map<number, number>();
  for (const { oid, name, kind, tableOid } of old.relations) {
    const [was, is] = [before.get(oid), after.get(oid)];
    if (was === undefined || is === undefined) continue;
    if (hasNewFile(was, is) && kind !== "S" && kind !== "v") work.push(`rewrites ${name}`);
    // A table that is read along its index is read, too.
    read.set(tableOid ?? oid, (read.get(tableOid ?? oid) ?? 0) + is.read - was.read);
    if (is.written - was.written >= MANY) rowsHeld.push(name);
  }
  const through = old.relations.filter(({ oid }) => (read.get(oid) ?? 0) >= MANY).map(({ name }) => `reads ${name}`);
  return { work: [...work, ...through], rowsHeld };
}

function hasNewFile(was: Counts, is: Counts): boolean {
  return is.filenode !== was.filenode && is.filenode !== null && is.filenode !== 0;
}

/** Asks for what a SELECT and an INSERT would: whoever must wait is refused after a moment. */
async function whoWaits(watcher: Client, old: OldObjects, locked: ReadonlySet<number>): Promise<string[]> {
  const tables = new Set<number>();
  for (const { oid, kind, tableOid } of old.relations) {
    if (!locked.has(oid)) continue;
    if (tableOid !== null) tables.add(tableOid);
    else if (kind === "r" || kind === "p" || kind === "m") tables.add(oid);
  }
  const waits: string[] = [];
  for (const oid of tables) {
    const { rows } = await watcher.query<{ name: string }>(`SELECT ${oid}::regclass::text AS name`);
    const name = rows[0]?.name ?? "";
    const isMatview = old.relations.some((relation) => relation.oid === oid && relation.kind === "m");
    if (await mustWait(watcher, `SELECT FROM ${name} LIMIT 0`)) waits.push(`reads and writes of ${name}`);
    else if (!isMatview && (await mustWait(watcher, `LOCK TABLE ${name} IN ROW EXCLUSIVE MODE`)))
      waits.push(`writes of ${name}`);
  }
  return waits;
}

async function mustWait(watcher: Client, sql: string): Promise<boolean> {
  try {
    await watcher.query(`BEGIN; SET LOCAL lock_timeout = '2ms'; ${sql}; ROLLBACK`);
    return false;
  } catch (error) {
    await watcher.query("ROLLBACK");
    if ((error as { code?: string }).code === "55P03") return true;
    throw error;
  }
}
