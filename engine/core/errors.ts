/**
 * The stable error codes and the exit code each one ends the command line with.
 * `docs/errors.md` has a section for every code; a test compares the two.
 *
 * 1 SQL failed · 2 unreadable or ill-formed input · 3 refused · 4 could not connect or lock.
 */
export const EXIT_CODES = {
  // 1: the server refused a statement
  statement_failed: 1,
  deploy_failed: 1,
  // 2: what the user gave cannot be read
  invalid_usage: 2,
  invalid_config: 2,
  folder_missing: 2,
  folder_empty: 2,
  invalid_file_name: 2,
  mixed_schemes: 2,
  duplicate_version: 2,
  invalid_migration: 2,
  sql_syntax: 2,
  invalid_preview: 2,
  unknown_instance: 2,
  aws_region_missing: 2,
  // 3: readable, and refused
  unsafe_statement: 3,
  wrong_phase: 3,
  statement_not_supported: 3,
  checksum_mismatch: 3,
  migration_missing: 3,
  migration_renamed: 3,
  out_of_order: 3,
  release_too_old: 3,
  verify_failed: 3,
  wrong_environment: 3,
  contract_refused: 3,
  approval_missing: 3,
  approval_void: 3,
  approval_expired: 3,
  not_due: 3,
  not_promoted: 3,
  history_without_tables: 3,
  foreign_history: 3,
  no_backup: 3,
  backup_failed: 3,
  backup_damaged: 3,
  restore_failed: 3,
  drill_failed: 3,
  switch_refused: 3,
  accept_refused: 3,
  adopt_refused: 3,
  baseline_refused: 3,
  undo_refused: 3,
  rehearsal_failed: 3,
  rehearsal_refused: 3,
  rollback_refused: 3,
  pooled_connection: 3,
  server_too_old: 3,
  read_only: 3,
  permission_denied: 3,
  role_refused: 3,
  check_failed: 3,
  preview_failed: 3,
  guard_refused: 3,
  aws_access_denied: 3,
  secret_unusable: 3,
  simulated_database: 3,
  execution_unavailable: 3,
  plan_changed: 3,
  no_reviewed_plan: 3,
  ci_failed: 3,
  // 4: could not connect or lock
  connection_failed: 4,
  authentication_failed: 4,
  lock_not_acquired: 4,
  deadline_exceeded: 4,
  server_not_started: 4,
  toolchain_failed: 4,
  interrupted: 4,
  stack_unreadable: 4,
  aws_credentials_missing: 4,
  aws_credentials_expired: 4,
  aws_unavailable: 4,
} as const satisfies Record<string, 1 | 2 | 3 | 4>;

export type ErrorCode = keyof typeof EXIT_CODES;

/** A place in a file the user wrote. Lines and columns count from 1. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A backup as an error names it. */
export interface BackupMention {
  readonly id: string;
  /** base, point, snapshot or dump. */
  readonly kind: string;
  /** The command that brings it back, beside the database. */
  readonly restore: string;
}

/** Everything an error knows beside its one-sentence message. All optional; the report prints what is there. */
export interface ErrorDetails {
  readonly location?: SourceLocation;
  /** The offending line(s) of the file. May hold literals: the report shows them only on a terminal. */
  readonly excerpt?: string;
  /** The same excerpt with every literal replaced, safe for a log. */
  readonly redactedExcerpt?: string;
  /** PostgreSQL's five-character SQLSTATE (manual, appendix A). */
  readonly sqlState?: string;
  /** The server's DETAIL. May hold row values: the report shows it only on a terminal. */
  readonly detail?: string;
  /** The server's HINT, or ours. */
  readonly hint?: string;
  /** What of this run is already applied and stays so, in order, as file names. */
  readonly applied?: readonly string[];
  /** The backup that the run took before it stopped. */
  readonly backup?: BackupMention;
  /** Path of the file that tells of the run that failed. */
  readonly incident?: string;
  /** What to do next, in the imperative; one step a line. */
  readonly next?: string;
  /** Further faults found in the same pass; reported together with this one. */
  readonly faults?: readonly HoldfastError[];
}

/** The one error class of Holdfast. `message` is one sentence: what happened, and to what. */
export class HoldfastError extends Error {
  override readonly name = "HoldfastError";
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: ErrorDetails = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  get exitCode(): 1 | 2 | 3 | 4 {
    return EXIT_CODES[this.code];
  }
}

/** Joins faults found in one pass into one error; the first gives code and message. Each is told once, also one that was joined before. */
export function joinFaults(faults: readonly HoldfastError[]): HoldfastError | undefined {
  const [first, ...others] = faults.flatMap(separate);
  if (first === undefined || others.length === 0) return first;
  return new HoldfastError(first.code, first.message, { ...first.details, faults: others });
}

function separate(fault: HoldfastError): HoldfastError[] {
  const { faults = [], ...own } = fault.details;
  if (faults.length === 0) return [fault];
  return [new HoldfastError(fault.code, fault.message, own, { cause: fault.cause }), ...faults.flatMap(separate)];
}
