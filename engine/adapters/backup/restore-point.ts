import { setTimeout as pause } from "node:timers/promises";
import type { TableCount } from "../../core/row-counts.js";
import { mergeCounts } from "../../core/row-counts.js";
import type { BackupSession } from "./backup-session.js";
import { BEGIN_SNAPSHOT, countNow, countRows } from "./count-rows.js";

/** A named place in the WAL at which a restore can stop. */
export interface RestorePoint {
  readonly name: string;
  readonly at: Date;
  /** As the server prints it: `0/1800028`. */
  readonly lsn: string;
  /** The WAL segment that holds it. */
  readonly segment: string;
}

/** How long a moment without a commit is looked for. Under constant traffic there may be none. */
const QUIET_DEADLINE_MS = 2000;
const QUIET_PAUSE_MS = 5;

/**
 * Marks an instant and counts the rows of all tables at it.
 *
 * Which commits a snapshot sees and which come before a place in the WAL are two different things while a commit is under
 * way: its record is written first, and a moment later it becomes visible. So a moment is looked for in which no writing
 * transaction ends around the mark. Where there is none, tables that change meanwhile get no count.
 *
 * @param control makes the mark
 * @param counter a second session, which holds the snapshot
 */
export async function markRestorePoint(
  control: BackupSession,
  counter: BackupSession,
  prefix: string,
): Promise<{ readonly point: RestorePoint; readonly tables: readonly TableCount[] }> {
  const deadline = performance.now() + QUIET_DEADLINE_MS;
  for (let attempt = 1; ; attempt += 1) {
    const { point, isExact } = await tryMark(control, counter, `${prefix}-${attempt}`);
    if (!isExact && performance.now() < deadline) {
      await counter.query("ROLLBACK");
      await pause(QUIET_PAUSE_MS);
      continue;
    }
    const counted = await countRows(counter);
    await counter.query("COMMIT");
    return { point, tables: isExact ? counted : mergeCounts(counted, await countNow(counter)) };
  }
}

/**
 * The order makes it sound: snapshot, mark, then the transaction ids still locked, then a second snapshot. A writer holds
 * its id's lock until it is visible to others. One whose commit record precedes the mark, unseen by the first snapshot,
 * either still holds its lock at the third step, or has ended by the fourth, which then differs from the first.
 */
async function tryMark(
  control: BackupSession,
  counter: BackupSession,
  name: string,
): Promise<{ readonly point: RestorePoint; readonly isExact: boolean }> {
  const [, before] = await counter.script(`${BEGIN_SNAPSHOT}; SELECT pg_current_snapshot()::text AS snapshot`);
  const [made, writers, after] = await control.script(`
    SELECT lsn::text, pg_walfile_name(lsn) AS segment, clock_timestamp() AS at FROM pg_create_restore_point('${name}') AS lsn;
    SELECT count(*) = 0 AS none FROM pg_locks WHERE locktype = 'transactionid' AND mode = 'ExclusiveLock' AND granted;
    SELECT pg_current_snapshot()::text AS snapshot`);
  const { lsn, segment, at } = made?.[0] as { lsn: string; segment: string; at: Date };
  const isExact = writers?.[0]?.["none"] === true && before?.[0]?.["snapshot"] === after?.[0]?.["snapshot"];
  return { point: { name, at, lsn, segment }, isExact };
}
