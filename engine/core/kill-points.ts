/**
 * Places between an effect and the row that records it. A test names one, the process dies there by SIGKILL, and the next
 * run must converge. Each owner of a step adds his own.
 */
export const KILL_POINTS = [
  "lock-taken",
  "tables-ensured",
  "run-recorded",
  "backup-copied",
  "backup-marked",
  "backup-published",
  "backup-pruned",
  "drill-running",
  "backup-taken",
  "file-committed",
  "pipeline-committed",
  "file-verified",
  "contract-before-journal",
  "contract-before-commit",
  "contract-after-commit",
  "purge-before-journal",
  "purge-before-commit",
  "purge-after-commit",
  "undo-before-commit",
  "undo-after-commit",
  "undo-validated",
  "outside-file-started",
  "outside-before-statement",
  "outside-before-journal",
  "outside-before-commit",
  "outside-statement-finished",
  "outside-before-history",
  "backfill-file-started",
  "backfill-batch-committed",
  "backfill-before-history",
  "run-finished",
] as const;

export type KillPoint = (typeof KILL_POINTS)[number];
