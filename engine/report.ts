import type { HistoryRow, MigrationFile } from "./core/migration.js";
import type { BackupEntry, DatabaseState } from "./core/ports.js";
import { schemaVersion } from "./core/schema-version.js";
import type { MigrateRequest, RanMigration, RunResult } from "./core/run.js";

export interface Reported {
  readonly request: MigrateRequest;
  readonly files: readonly MigrationFile[];
  /** As the run found it; the same as `after` where nothing was to be done. */
  readonly before: DatabaseState;
  readonly after: DatabaseState;
  readonly backup: BackupEntry | null;
  readonly isAhead: boolean;
}

/** The result of a run, told by the history alone: what it says now against what it said before. */
export function report({ request, files, before, after, backup, isAhead }: Reported): RunResult {
  const names = new Map(files.map(({ order, name }) => [order, name]));
  const nameOf = (row: HistoryRow): string => names.get(row.order) ?? `${row.version} (${row.description})`;
  const earlier = new Map(before.history.map((row) => [row.order, row]));
  const isPurged = (row: HistoryRow): boolean => row.state === "applied" && earlier.get(row.order)?.state === "retired";
  const ran = after.history.filter(
    (row) => hasRun(row) && !isPurged(row) && row.state !== earlier.get(row.order)?.state,
  );
  return {
    release: request.release,
    schemaVersion: schemaVersion(after.history),
    ran: ran.map((row): RanMigration => {
      const { version, phase, state, durationMs } = row;
      return { version, file: nameOf(row), phase, state, durationMs };
    }),
    purged: after.history.filter(isPurged).map(({ version }) => version),
    held: after.history
      .filter(({ state }) => state === "held")
      .map((row) => ({ version: row.version, file: nameOf(row), reason: row.heldReason ?? "", dueAt: row.dueAt })),
    appliedMigrations: after.history.map(({ version, checksum, state, release, appliedAt }) => ({
      ...{ version, checksum, state, release, appliedAt },
    })),
    ...{ backup, isAhead },
  };
}

function hasRun({ state }: HistoryRow): boolean {
  return state === "applied" || state === "unverified" || state === "retired";
}
