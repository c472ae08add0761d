import type { Migration } from "../core/migration.js";
import type { PipelineStep, RecordedMigration, RunContext } from "../core/ports.js";

/** What a history row says about the run that writes it. */
export function ranBy({
  release,
  noBackupBecause,
  backupId,
}: RunContext): Pick<RecordedMigration, "release" | "noBackupBecause" | "backupId"> {
  return {
    release,
    ...(noBackupBecause !== undefined && { noBackupBecause }),
    ...(backupId !== undefined && { backupId }),
  };
}

/**
 * The row of a file that takes more than one transaction, to be committed before its first one.
 * @param isFirst nothing of it has happened yet: it begins now. Else it began where the row says.
 */
export function recordStarted(ctx: RunContext, migration: Migration, isFirst: boolean): PipelineStep {
  return ctx.history.record({ migration, state: "started", ...(isFirst && { start: "now" }), ...ranBy(ctx) });
}
