import type { Execution } from "./analysed-migration.js";
import type { ContractGate } from "./decide-contracts.js";
import type { KillPoint } from "./kill-points.js";
import type { Approval, MigrationState, Phase, Policy } from "./migration.js";
import type { PendingMember } from "./pending-set.js";
import type {
  BackupEntry,
  BackupPort,
  Clock,
  HistoryStore,
  IncidentPort,
  MigrationSource,
  Progress,
  SessionFactory,
  SqlParser,
} from "./ports.js";
import type { Promotion } from "./promotion.js";
import type { ReviewedPlan } from "./reviewed-plan.js";

/** What a deploy is asked to do. */
export interface MigrateRequest {
  /** Semantic version of what is being deployed. */
  readonly release: string;
  /** Must be the database's own, once it is marked. Unset: whatever the database says; one that is not marked stays so. */
  readonly environment?: string;
  /** Default: defaultPolicy(environment), the strictest where there is none. */
  readonly policy?: Policy;
  readonly approvals?: readonly Approval[];
  /** A contract that would be held for want of an approval is refused instead. Default false. */
  readonly includeHeld?: boolean;
  /** The stack that must have applied and verified what runs here. Default: none. */
  readonly promotion?: Promotion;
  /** Refused where what would run is another. Default: whatever is pending runs. */
  readonly reviewedPlan?: ReviewedPlan;
  /** Only where the database has no way to back up: why it goes without. Kept in the history; never admits a contract. */
  readonly noBackupBecause?: string;
  /** Version control's id of what is deployed; kept in system_versions. */
  readonly commit?: string;
  readonly progress?: Progress;
  /** Aborted by Ctrl-C: the run ends after the batch or file under way, with `interrupted`. */
  readonly signal?: AbortSignal;
}

/** The ports a run works through; `engine/index.ts` binds them. */
export interface World {
  readonly source: MigrationSource;
  readonly sessions: SessionFactory;
  readonly history: HistoryStore;
  /** Called only when a file is pending. */
  readonly loadParser: () => Promise<SqlParser>;
  /** Unset: the database has no way to back up that Holdfast knows. */
  readonly backup?: BackupPort;
  /** Unset: runs that fail leave nothing but their error. */
  readonly incidents?: IncidentPort;
  readonly clock: Clock;
  killPoint(name: KillPoint): void;
}

/** A migration as the history has it after the run. */
export interface AppliedMigration {
  readonly version: string;
  readonly checksum: string | null;
  readonly state: MigrationState;
  readonly release: string | null;
  readonly appliedAt: Date | null;
}

/** A file this run moved on. */
export interface RanMigration {
  readonly version: string;
  readonly file: string;
  readonly phase: Phase;
  /** The state it is in now: applied, retired, or applied after its purge. */
  readonly state: MigrationState;
  readonly durationMs: number | null;
}

/** A file that waits, which is no failure. */
export interface HeldMigration {
  readonly version: string;
  readonly file: string;
  readonly reason: string;
  readonly dueAt: Date | null;
}

export interface RunResult {
  readonly release: string;
  /** Highest version that has run on the database; null where none has. */
  readonly schemaVersion: string | null;
  /** In the order they ran; empty: nothing was to be done. */
  readonly ran: readonly RanMigration[];
  /** Versions whose retired objects were dropped for good. */
  readonly purged: readonly string[];
  readonly held: readonly HeldMigration[];
  /** All rows of the history, by order. */
  readonly appliedMigrations: readonly AppliedMigration[];
  /** The restore point taken before; null where nothing was pending. */
  readonly backup: BackupEntry | null;
  /** The database holds what only newer releases bring; nothing ran, and that is no error. */
  readonly isAhead: boolean;
}

/** One thing a deploy would do, in order. */
export interface PlannedStep {
  readonly action: "verify" | "run" | "resume" | "retire" | "purge" | "hold";
  readonly version: string;
  readonly file: string;
  readonly phase: Phase;
  readonly checksum: string | null;
  /** How it would run; null for a purge or a mere verification. */
  readonly execution: Execution | null;
  readonly statements: readonly { readonly text: string; readonly line: number }[];
  /** Tables that are locked in SHARE mode or stronger, as far as the statements show. */
  readonly locks: readonly string[];
  /** Some of its statements do not show what they lock (DO, CALL, a function). */
  readonly isOpaque: boolean;
  /** Held: why, and what it waits for. */
  readonly reason: string | null;
  readonly gate: ContractGate | null;
  readonly dueAt: Date | null;
}

export interface PlanResult {
  readonly release: string;
  /** What the database is marked as, or will be; null where it stays without a mark. */
  readonly environment: string | null;
  readonly schemaVersion: string | null;
  readonly steps: readonly PlannedStep[];
  /** What is pending, and what becomes of it; the steps that verify and purge are no part of it. */
  readonly pendingSet: readonly PendingMember[];
  /** Of the pending set: the same in `pulumi preview`, `plan` and `ci` (pending-set.ts). */
  readonly digest: string;
  /** True where the run would take a backup first. */
  readonly takesBackup: boolean;
  readonly isAhead: boolean;
}
