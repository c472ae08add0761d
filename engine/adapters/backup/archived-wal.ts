import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { HoldfastError } from "../../core/errors.js";
import { expendableWal, type WalRange } from "../../core/wal-segments.js";
import type { BackupSession } from "./backup-session.js";

const ARCHIVE_DEADLINE_MS = 90_000;
const LOOK_EVERY_MS = 5;
/** PostgreSQL tries three times at one-second intervals, then once a minute (src/backend/postmaster/pgarch.c). */
const HOPELESS_FAILURES = 3;

/**
 * Waits until the server has archived a finished segment. An archived file appears under its name when it is whole and durable.
 *
 * @throws HoldfastError backup_failed where archiving does not work
 */
export async function waitUntilArchived(
  session: BackupSession,
  walDirectory: string,
  segment: string,
  signal: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + ARCHIVE_DEADLINE_MS;
  const failedBefore = await countFailures(session);
  while (!(await exists(join(walDirectory, segment)))) {
    signal.throwIfAborted();
    const failures = (await countFailures(session)) - failedBefore;
    if (failures >= HOPELESS_FAILURES || performance.now() > deadline) throw notArchived(walDirectory, segment);
    await pause(LOOK_EVERY_MS);
  }
}

/** Of these segments, those that are not in the archive, or are there with another size. */
export async function findMissing(
  walDirectory: string,
  segments: readonly string[],
  segmentBytes: number,
): Promise<readonly string[]> {
  const sizes = await Promise.all(segments.map((segment) => sizeOf(join(walDirectory, segment))));
  return segments.filter((_, index) => sizes[index] !== segmentBytes);
}

/** Removes what no kept backup needs. @returns how many files went */
export async function pruneWal(walDirectory: string, needed: readonly WalRange[]): Promise<number> {
  const expendable = expendableWal(await readdir(walDirectory), needed);
  for (const file of expendable) await rm(join(walDirectory, file), { force: true });
  return expendable.length;
}

async function countFailures(session: BackupSession): Promise<number> {
  const [row] = await session.query<{ failed_count: string }>("SELECT failed_count FROM pg_stat_archiver");
  return Number(row?.failed_count);
}

async function exists(path: string): Promise<boolean> {
  return (await sizeOf(path)) !== undefined;
}

async function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ size }) => size,
    () => undefined,
  );
}

function notArchived(walDirectory: string, segment: string): HoldfastError {
  return new HoldfastError("backup_failed", `The server could not archive WAL segment ${segment} to ${walDirectory}.`, {
    next: `Look for room and rights on ${walDirectory}, and for "archive" in the server's log beside it; then run again.\nWithout its WAL a base backup cannot be restored, so none was kept.`,
  });
}
