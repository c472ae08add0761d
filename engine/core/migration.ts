/** The four phases of a change that never breaks the release still running (expand and contract). */
export type Phase = "expand" | "backfill" | "switch" | "contract";

/** How a folder numbers its files; one scheme a folder. `date` is the seed's migration_YYYY_MM_DD[_NN]_… */
export type VersionScheme = "number" | "timestamp" | "date";

/** A file name, read. */
export interface MigrationName {
  /** As spelled in the file name: `0007`, `20260119093000`, `2026_01_19_02`. */
  readonly version: string;
  /** For ordering and identity: 7n, 20260119093000n, 2026011902n. Fits PostgreSQL's bigint. */
  readonly order: bigint;
  readonly scheme: VersionScheme;
  /** The rest of the name with blanks for underscores: `create users`. */
  readonly description: string;
}

/** A .sql file of the folder as loaded, before its grammar is read. A no-op run needs no more than this. */
export interface MigrationFile extends MigrationName {
  /** The file name, without folder. */
  readonly name: string;
  /** The path as a person would name it: directory as given + name. */
  readonly path: string;
  /** Normalised text: no byte-order mark, LF line endings. It is what is hashed and what is executed. */
  readonly text: string;
  /** SHA-256 of the normalised text, lower-case hex. */
  readonly checksum: string;
}

/** A stretch of a file's text. `offset` counts UTF-16 code units, `line` from 1. */
export interface Section {
  readonly text: string;
  readonly offset: number;
  readonly line: number;
}

/** `-- @batch table=orders key=id,tenant size=5000` */
export interface Batch {
  /** As written, perhaps schema-qualified. */
  readonly table: string;
  readonly key: readonly string[];
  /** Rows of the first batch; later ones adapt to the time target. 1 to 1,000,000, default 5000. */
  readonly size: number;
}

export type Rollback =
  { readonly kind: "sql"; readonly section: Section } | { readonly kind: "restore"; readonly reason: string };

/** A migration file with its header and sections read (docs/migration-format.md has the grammar). */
export interface Migration extends MigrationFile {
  readonly phase: Phase;
  readonly why?: string;
  /** Contract only: version, as spelled there, of the expand it completes. */
  readonly closes?: string;
  /** Backfill only. */
  readonly batch?: Batch;
  /** Contract only: `-- @copy none <reason>`, for a duty to erase. */
  readonly copyNone?: string;
  /** The statements that are executed. */
  readonly body: Section;
  readonly verify?: Section;
  readonly rollback?: Rollback;
}

export type MigrationState = "started" | "applied" | "unverified" | "held" | "retired" | "rolled back";

/** A row of the history table `schema_migrations`. */
export interface HistoryRow {
  readonly version: string;
  readonly order: bigint;
  readonly description: string;
  readonly state: MigrationState;
  /** Null for a row that another system wrote before Holdfast extended its bare three-column table. */
  readonly checksum: string | null;
  readonly phase: Phase;
  readonly closes: string | null;
  /** Release that first applied (or held) it on this database. */
  readonly release: string | null;
  readonly appliedAt: Date | null;
  /** Wall time of the statements in milliseconds. */
  readonly durationMs: number | null;
  /** Why it is held, in one sentence. */
  readonly heldReason: string | null;
  /** Held or retired: not before this instant. */
  readonly dueAt: Date | null;
}

/** A row of `system_versions`: one for each change of release. */
export interface SystemVersion {
  readonly version: string;
  readonly appliedAt: Date;
}

/** A reviewed permission to run one contract: bound to the file by its checksum, and it expires. */
export interface Approval {
  readonly version: string;
  readonly checksum: string;
  readonly by: string;
  /** Not valid from this instant on. Default of the writer: 14 days after it was given. */
  readonly expires?: Date;
}

/** The knobs of a run. Times in milliseconds, sizes in bytes. */
export interface Policy {
  /** Between retiring and purging. Dev 0, staging 1 day, prod 7 days. */
  readonly soakMs: number;
  /** What cannot be retired is copied up to this size. Default 1 GiB. */
  readonly copyLimitBytes: number;
  /** Waiting for another deploy. Default 10 min. */
  readonly deployWaitMs: number;
  /** All tries for one strong lock together. Default 5 min. */
  readonly strongLockDeadlineMs: number;
  /** One try for a strong lock. Default 20 ms. */
  readonly lockTimeoutMs: number;
  /** A batch of a backfill aims at this. Default 1000 ms at most. */
  readonly batchTargetMs: number;
  /** How long a lost connection is tried to be opened again. Default 10 s. */
  readonly reconnectMs: number;
  /** A drill of this kind of backup must have succeeded within this time before a contract. 30 days. */
  readonly drillMaxAgeMs: number;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Defaults of design: soak by environment, everything else the same. An unknown environment counts as prod. */
export function defaultPolicy(environment: string): Policy {
  const soakMs = environment === "dev" ? 0 : environment === "staging" || environment === "testing" ? DAY : 7 * DAY;
  return {
    soakMs,
    copyLimitBytes: 1024 ** 3,
    deployWaitMs: 10 * MINUTE,
    strongLockDeadlineMs: 5 * MINUTE,
    lockTimeoutMs: 20,
    batchTargetMs: 1000,
    reconnectMs: 10_000,
    drillMaxAgeMs: 30 * DAY,
  };
}
