/**
 * What keeps a position until the transaction ends: a `setting` costs least, a `row` outlives whatever a file does to the
 * session (RESET ALL, another role).
 */
export type StartKeeper = "setting" | "row";

/** Where a file began: what other sessions committed before is part of the way back, what came later is not. */
export interface FileStart {
  /** Null: before positions were recorded. */
  readonly startedAt: Date | null;
  /**
   * The WAL insert position, `16/B374D848`: every record of the file begins there or later, every record of the file before it
   * earlier (recovery_target_lsn with recovery_target_inclusive = off). Null also where the server does not tell.
   */
  readonly startedLsn: string | null;
  /** The backup taken before the batch the file belongs to; null: none was. */
  readonly backupId: string | null;
}
