/** The ports: what the engine needs of the world, as types. Adapters implement them; `engine/index.ts` binds them. */
import type { StartKeeper } from "./file-start.js";
import type { Incident, IncidentBeginning, IncidentMoment } from "./incident/incident.js";
import type { KillPoint } from "./kill-points.js";
import type { HistoryRow, Migration, MigrationFile, MigrationState, Policy, SystemVersion } from "./migration.js";

/** An error the server answered with, translated by the session adapter. */
export class ServerError extends Error {
  override readonly name = "ServerError";
  constructor(
    message: string,
    /** Five characters, PostgreSQL manual appendix A. */
    readonly sqlState: string,
    readonly fields: {
      /** 1-based, in characters of the statement sent. */
      readonly position?: number;
      readonly detail?: string;
      readonly hint?: string;
      /** PL/pgSQL context lines. */
      readonly where?: string;
      readonly schema?: string;
      readonly table?: string;
      readonly column?: string;
      readonly constraint?: string;
    } = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The connection went away; what was in flight may or may not have happened. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
}

/** A value sent as text; the server converts it. Numbers and dates never pass through JavaScript's types. */
export type SqlValue = string | null;

/** One row; every value as text as the server printed it, or null. Column names are the keys. */
export type Row = Readonly<Record<string, string | null>>;

export interface PipelineStep {
  /** Exactly one statement. */
  readonly sql: string;
  readonly values?: readonly SqlValue[];
}

export interface PipelineOutcome {
  /** Steps the server finished before it stopped. All of them when `error` is unset. */
  readonly completed: number;
  /** Row counts or rows are not kept; a pipeline is for effects. */
  readonly error?: ServerError;
}

/** One server session. Lock and all work of a run share it. */
export interface Session {
  /** pg_backend_pid() of this session. */
  readonly pid: number;
  readonly serverVersionNum: number;
  /** One statement, extended protocol. @throws ServerError, ConnectionLost */
  query(sql: string, values?: readonly SqlValue[]): Promise<Row[]>;
  /** One statement; gives the command tag's row count (0 where it has none). @throws ServerError, ConnectionLost */
  execute(sql: string, values?: readonly SqlValue[]): Promise<number>;
  /** All steps in one message with one Sync: one round trip. Stops at the first error. @throws ConnectionLost */
  pipeline(steps: readonly PipelineStep[]): Promise<PipelineOutcome>;
  /** Statements that put role and settings back inside a file's transaction, in front of the engine's own rows. */
  readonly restoring: readonly PipelineStep[];
  /** Back to where every file starts: settings, role, nothing left behind; the deploy's lock stays. @throws ConnectionLost */
  reset(): Promise<void>;
  /** NOTICE and WARNING texts since the last call. */
  takeNotices(): string[];
  close(): Promise<void>;
}

/** Opens sessions to the one database of a run, each from the same settings (design §5). */
export interface SessionFactory {
  /**
   * A session for the work; aborting the signal gives up on a server that has not answered yet.
   * @throws HoldfastError connection_failed, authentication_failed, pooled_connection
   */
  open(purpose: "migrate" | "read-only" | "watch", signal?: AbortSignal): Promise<Session>;
}

/** What one query tells about a database (design §5: one query before anything else). */
export interface DatabaseState {
  readonly serverVersionNum: number;
  readonly isReadOnly: boolean;
  readonly database: string;
  readonly user: string;
  /** The settings row `holdfast.environment`; null where the database is not marked yet. */
  readonly environment: string | null;
  /** All rows, by order. */
  readonly history: readonly HistoryRow[];
  /** True where the history table is there (even empty). */
  readonly hasHistory: boolean;
  /** Newest first, at most 100. */
  readonly releases: readonly SystemVersion[];
  /** A schema_migrations that is not ours stands where ours would; ours lives in schema `holdfast`. */
  readonly foreignHistory: ForeignHistory | null;
  /** The newest run, where it was interrupted. */
  readonly interruptedRun: RunRecord | null;
}

/** Another tool's history table. It is named, never altered. */
export interface ForeignHistory {
  /** `public.schema_migrations` */
  readonly table: string;
  /** Whose it looks like: `dbmate or Rails`, `golang-migrate`, `another tool`. */
  readonly tool: string;
}

/** A row of the engine's own `runs` table. */
export interface RunRecord {
  readonly id: string;
  readonly release: string;
  /** The history was empty and the database held no user tables when this run, or the interrupted one it continues, began. */
  readonly isEmptyStart: boolean;
  readonly startedAt: Date;
}

/** Reads and writes the engine's own tables over a session. */
export interface HistoryStore {
  /** The schema where schema_migrations, system_versions and settings live: as configured, or `holdfast`. */
  readonly schema: string;
  load(session: Session): Promise<DatabaseState>;
  /** Makes or extends the tables; idempotent; run under the lock. @throws HoldfastError foreign_history, permission_denied */
  ensure(session: Session): Promise<void>;
  /**
   * The statement that remembers where in the WAL the transaction's own work begins, for the row that `record` writes at its
   * end. None where the server does not tell.
   */
  markStart(keeper: StartKeeper): PipelineStep[];
  /** The statement that writes one history row, to stand inside the transaction of the file itself. */
  record(row: RecordedMigration): PipelineStep;
  /** The statement that moves a row to another state. */
  setState(version: string, state: MigrationState, extra?: Partial<RecordedMigration>): PipelineStep;
  /** The statement that ends the state `unverified`: applied, or retired where a purge is due some day. */
  markVerified(version: string): PipelineStep;
  /** The whole text of a file as it was recorded; null where another system wrote the row. */
  readText(session: Session, version: string): Promise<string | null>;
  /** The statement that adds a row to system_versions. */
  recordRelease(release: string, commit?: string): PipelineStep;
  /** The statement that writes the environment marker. */
  markEnvironment(environment: string): PipelineStep;
  /** Tables of the application, as `schema.name`: not the engine's, the system's or an extension's. At most `limit`, by name. */
  listUserTables(session: Session, limit: number): Promise<string[]>;
  startRun(session: Session, run: NewRun): Promise<RunRecord>;
  /** The statement that says it has ended, by itself or by an error: what never gets there was interrupted. */
  finishRun(run: RunRecord): PipelineStep;
}

export interface NewRun {
  readonly release: string;
  readonly isEmptyStart: boolean;
  readonly commit?: string;
  readonly noBackupBecause?: string;
}

/** What is written about a migration. Unset fields keep what the row has. */
export interface RecordedMigration {
  readonly migration: Migration;
  readonly state: MigrationState;
  readonly release: string;
  readonly durationMs?: number;
  /**
   * Where it began: `now`, or where this transaction began, whose position `markStart` left there; the duration is counted from
   * that, too. Unset: it began before, or elsewhere.
   */
  readonly start?: StartKeeper | "now";
  /** The backup taken before; written together with the start. */
  readonly backupId?: string;
  readonly heldReason?: string | null;
  readonly dueAt?: Date | null;
  /** Why it ran without a backup. */
  readonly noBackupBecause?: string;
}

/**
 * Writes the schema as SQL, with whole names and without rows: pg_dump --schema-only.
 * @param excludedTables quoted names: `"public"."settings"`
 * @throws HoldfastError baseline_refused where nothing fits that server
 */
export type SchemaDump = (serverMajor: number, excludedTables: readonly string[]) => Promise<string>;

/** Reads the folder. @throws HoldfastError folder_missing, folder_empty, invalid_file_name, … */
export interface MigrationSource {
  load(): Promise<readonly MigrationFile[]>;
}

/** A node of libpg-query's parse tree: `{ AlterTableStmt: {...} }`. */
export type AstNode = Readonly<Record<string, unknown>>;

/** One statement of a text, with its place in that text (UTF-16 offsets; leading blanks and comments left out). */
export interface ParsedStatement {
  readonly node: AstNode;
  readonly text: string;
  readonly offset: number;
  readonly end: number;
}

export type TokenKind = "comment" | "string" | "identifier" | "keyword" | "parameter" | "number" | "other";
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly offset: number;
  readonly end: number;
}

/** The real PostgreSQL parser. Loaded only when something is pending. */
export interface SqlParser {
  /** @throws SyntaxFault */
  parse(sql: string): readonly ParsedStatement[];
  scan(sql: string): readonly Token[];
  /** The statement must be a CREATE FUNCTION/PROCEDURE or DO in PL/pgSQL; gives parsePlPgSQL's tree. @throws SyntaxFault */
  parsePlPgSql(sql: string): unknown;
  /** Equal for two texts whose parse trees differ only in positions. */
  sameTree(a: string, b: string): boolean;
}

export class SyntaxFault extends Error {
  override readonly name = "SyntaxFault";
  constructor(
    message: string,
    /** UTF-16 offset in the text given. */
    readonly offset: number,
  ) {
    super(message);
  }
}

export type BackupKind = "base" | "point" | "snapshot" | "dump";

/** A backup as the catalogue knows it. */
export interface BackupEntry {
  readonly id: string;
  readonly instance: string;
  /** `base`, `dump`: the bytes lie in the catalogue. `point`: a mark in the WAL after a base backup. `snapshot`: AWS keeps it. */
  readonly kind: BackupKind;
  readonly takenAt: Date;
  readonly schemaVersion: string | null;
  readonly release: string | null;
  /** Of a snapshot: of the storage it was taken from. Of a point 0: the WAL that leads to it is counted nowhere. */
  readonly sizeBytes: number;
  /** Its folder in the catalogue. */
  readonly path: string;
  /** When a drill last restored it and compared; null: never. */
  readonly provenAt: Date | null;
}

/** What a backup is taken for; all of it goes into the manifest. */
export interface BackupRequest {
  readonly reason: string;
  readonly schemaVersion: string | null;
  readonly release: string | null;
  readonly pendingVersions: readonly string[];
  /** Of what is about to run, the versions that destroy something: what they relied on is never pruned. */
  readonly contracts: readonly string[];
  /** SHA-256 (hex) of the schema's fingerprint; null: none yet. */
  readonly fingerprint: string | null;
  /** A backup that needs no other one, also where a restore point would do. Default false. */
  readonly isFull?: boolean;
}

/** The way back (law 4). */
export interface BackupPort {
  /**
   * Set where a run does not make the drill itself: why no backup of this kind counts as proven, as a sentence; undefined: a
   * drill since `oldest` does. Nothing is destroyed without one. Asked only where something would be.
   */
  whyUnproven?(oldest: Date): Promise<string | undefined>;
  /** A fresh, checked restore point. @throws HoldfastError backup_failed */
  take(request: BackupRequest): Promise<BackupEntry>;
  /** Restores `entry` into a throw-away place, compares, and records the proof. @throws HoldfastError drill_failed */
  drill(entry: BackupEntry): Promise<Date>;
  /** Newest proof for this kind of backup; null: none. */
  lastProvenAt(): Promise<Date | null>;
}

/** Where a run that fails leaves its incident. */
export interface IncidentPort {
  readonly project: string;
  readonly instance: string;
  /** Begins the journal of a run: what it holds outlives the process. */
  begin(beginning: IncidentBeginning): Promise<IncidentJournal>;
  /** Takes up the journals of runs that were killed: each once. */
  takeLeftBehind(): Promise<readonly LeftBehind[]>;
  /** The incidents there are, newest first. */
  list(): Promise<readonly Incident[]>;
  /** Keeps the page, durably. @returns its path */
  publish(incident: Incident): Promise<string>;
}

/** What a killed run has left. */
export interface LeftBehind {
  readonly beginning: IncidentBeginning;
  readonly moments: readonly IncidentMoment[];
  /** It is told. */
  forget(): Promise<void>;
}

export interface IncidentJournal {
  /** At once in the file: a killed process writes nothing any more. */
  note(moment: IncidentMoment): void;
  /** The run has ended; nothing of it stays. */
  discard(): Promise<void>;
}

/** What happens during a run, for whoever watches. Values hold no row data and no secret. */
export type ProgressEvent =
  | { readonly kind: "waiting-for-deploy"; readonly holder: string; readonly waitedMs: number }
  | {
      readonly kind: "backup";
      readonly state: "started" | "copying" | "done";
      readonly bytes?: number;
      readonly totalBytes?: number;
      readonly id?: string;
    }
  | {
      readonly kind: "restore";
      readonly state: "started" | "copying" | "done";
      readonly bytes?: number;
      readonly totalBytes?: number;
    }
  | { readonly kind: "drill"; readonly state: "started" | "done" }
  | {
      readonly kind: "migration";
      readonly file: string;
      readonly state: "started" | "applied" | "verified" | "held" | "retired" | "purged";
      readonly durationMs?: number;
    }
  | {
      readonly kind: "lock-retry";
      readonly file: string;
      readonly attempt: number;
      readonly blockers: readonly string[];
    }
  | {
      readonly kind: "batch";
      readonly file: string;
      readonly rowsDone: number;
      readonly rowsEstimated: number;
      readonly rowsPerSecond: number;
    }
  | { readonly kind: "check"; readonly subject: string; readonly done: number; readonly total: number }
  | { readonly kind: "rehearsal"; readonly file: string; readonly done: number; readonly total: number }
  | {
      readonly kind: "note";
      readonly message: string;
      /** The server's own words (NOTICE, WARNING): an author may have put row values into them. */
      readonly isNotice?: boolean;
    };

export type Progress = (event: ProgressEvent) => void;

export interface Clock {
  now(): Date;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** In [0, 1); for jitter. */
  random(): number;
}

/** Everything a step of a run works with. */
export interface RunContext {
  readonly session: Session;
  readonly sessions: SessionFactory;
  readonly history: HistoryStore;
  readonly parser: SqlParser;
  readonly policy: Policy;
  readonly progress: Progress;
  readonly clock: Clock;
  readonly release: string;
  /** Why this run goes without a backup; written beside every row. */
  readonly noBackupBecause?: string;
  /** The backup this run took before anything else; written beside every row. */
  readonly backupId?: string;
  /** Aborted by Ctrl-C: finish the batch, release the lock, say where it stands. */
  readonly signal: AbortSignal;
  /** Fault injection: the process dies here when the test named this point. Does nothing otherwise. */
  killPoint(name: KillPoint): void;
}
