/** A migration the database has, as a deploy reports it. */
export interface ReportedMigration {
  readonly version: string;
  /** SHA-256 of the file; empty where another tool applied it. */
  readonly checksum: string;
  /** applied, unverified, held, retired, started or rolled back. */
  readonly state: string;
  /** The release that brought it; empty where it is not known. */
  readonly release: string;
  /** ISO 8601; empty where it is not known. */
  readonly appliedAt: string;
}

/** A file that waits: a contract that is not due or not approved, or one that names what such a contract names. */
export interface ReportedHold {
  readonly version: string;
  /** One sentence. */
  readonly reason: string;
}

/** How many migrations are in which state, and how many this deploy ran. */
export interface MigrationCounts {
  readonly applied: number;
  readonly held: number;
  readonly retired: number;
  readonly ran: number;
}

/**
 * What a deploy that went well prints: one line of JSON. Others end with
 * `{ok: false, code, message, next, applied, backup, incident}`.
 */
export interface DeploySummary {
  readonly ok: true;
  /** The highest version that has run; empty where none has. */
  readonly schemaVersion: string;
  readonly release: string;
  /** File names, in order. */
  readonly ran: readonly string[];
  readonly held: readonly ReportedHold[];
  readonly counts: MigrationCounts;
  /** Id of the restore point taken before; empty where nothing was pending. */
  readonly backup: string;
  readonly appliedMigrations: readonly ReportedMigration[];
}
