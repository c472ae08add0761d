import { loadSqlParser } from "../../engine/adapters/libpg-sql-parser.js";
import { pgHistoryStore } from "../../engine/adapters/pg-history-store.js";
import { pgSessions } from "../../engine/adapters/pg-session.js";
import { systemClock } from "../../engine/adapters/system-clock.js";
import { checkNames } from "../../engine/core/check-names.js";
import type { ConnectionSettings } from "../../engine/core/connection-settings.js";
import { HoldfastError, joinFaults } from "../../engine/core/errors.js";
import type { KillPoint } from "../../engine/core/kill-points.js";
import { defaultPolicy, type MigrationFile, type Policy } from "../../engine/core/migration.js";
import type { BackupEntry, BackupPort, MigrationSource, ProgressEvent, Session } from "../../engine/core/ports.js";
import type { MigrateRequest, PlanResult, RunResult, World } from "../../engine/core/run.js";
import { migrate } from "../../engine/migrate.js";
import { plan } from "../../engine/plan.js";
import { migrationFile } from "./migration-file.js";
import type { TestDatabase } from "./postgres.js";

/** File name to text. */
export type Folder = Readonly<Record<string, string>>;

export type TestRequest = Partial<Omit<MigrateRequest, "policy">> & {
  readonly policy?: Partial<Policy>;
  /** Changes how the database is reached. */
  readonly connection?: Partial<ConnectionSettings>;
  readonly world?: Partial<World>;
};

/** The owner of the test databases whose tables the engine makes. */
export const OWNER_ROLE = "app_owner";

/** A folder that lies in memory, checked as one on disk. */
export function memorySource(folder: Folder): MigrationSource {
  return {
    load: () => {
      const files = Object.entries(folder).map(([name, text]) => migrationFile(name, text));
      files.sort((a, b) => (a.order < b.order ? -1 : 1));
      const fault = joinFaults(checkNames(files));
      return fault === undefined ? Promise.resolve<readonly MigrationFile[]>(files) : Promise.reject(fault);
    },
  };
}

export function settingsFor({ host, port, user, password, name }: TestDatabase): ConnectionSettings {
  return { host, port, user, password, database: name, ownerRole: OWNER_ROLE };
}

/** A way back that only remembers what was asked of it. */
export interface RecordedBackups extends BackupPort {
  readonly taken: (BackupEntry & { readonly pendingVersions: readonly string[] })[];
  drills: number;
}

export function recordedBackups(): RecordedBackups {
  const taken: RecordedBackups["taken"] = [];
  const port: RecordedBackups = {
    taken,
    drills: 0,
    take: ({ schemaVersion, release, pendingVersions }) => {
      const id = `backup-${taken.length + 1}`;
      const entry = { id, instance: "test", kind: "base" as const, takenAt: new Date(), schemaVersion, release };
      const whole = { ...entry, sizeBytes: 0, path: "", provenAt: null, pendingVersions };
      taken.push(whole);
      return Promise.resolve(whole);
    },
    drill: () => {
      port.drills++;
      return Promise.resolve(new Date());
    },
    lastProvenAt: () => Promise.resolve(port.drills > 0 ? new Date() : null),
  };
  return port;
}

/** A whole deploy of an in-memory folder over a real database. Release 1.0.0 in `dev` unless the request says otherwise. */
export function deploy(database: TestDatabase, folder: Folder, request: TestRequest = {}): Promise<RunResult> {
  const [whole, world] = bind(database, folder, request);
  return migrate(whole, world);
}

export function planDeploy(database: TestDatabase, folder: Folder, request: TestRequest = {}): Promise<PlanResult> {
  const [whole, world] = bind(database, folder, request);
  return plan(whole, world);
}

function bind(database: TestDatabase, folder: Folder, request: TestRequest): [MigrateRequest, World] {
  const { policy, connection, world, ...rest } = request;
  const settings = { ...settingsFor(database), ...connection };
  const whole = { release: "1.0.0", environment: "dev", ...rest, policy: { ...defaultPolicy("dev"), ...policy } };
  return [
    whole,
    {
      source: memorySource(folder),
      sessions: pgSessions(settings),
      history: pgHistoryStore(settings.schema),
      loadParser: loadSqlParser,
      backup: recordedBackups(),
      clock: systemClock,
      killPoint: () => undefined,
      ...world,
    },
  ];
}

/** A session as a run has it; the caller closes it. */
export function openSession(database: TestDatabase, connection: Partial<ConnectionSettings> = {}): Promise<Session> {
  return pgSessions({ ...settingsFor(database), ...connection }).open("migrate");
}

/** Everything the run reported, in order. */
export function recordProgress(): {
  readonly events: ProgressEvent[];
  readonly progress: (event: ProgressEvent) => void;
} {
  const events: ProgressEvent[] = [];
  return { events, progress: (event) => events.push(event) };
}

/** Calls `onReached` when the run comes to that kill point. */
export function atKillPoint(name: KillPoint, onReached: () => void): Partial<World> {
  return {
    killPoint: (reached) => {
      if (reached === name) onReached();
    },
  };
}

/** The HoldfastError a run ends with. */
export async function refusalOf(run: Promise<unknown>): Promise<HoldfastError> {
  try {
    await run;
  } catch (error) {
    if (error instanceof HoldfastError) return error;
    throw error;
  }
  throw new Error("the run was not refused");
}
