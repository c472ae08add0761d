import { accept, type AcceptReport } from "./accept.js";
import { killSwitch } from "./adapters/kill-switch.js";
import { loadSqlParser } from "./adapters/libpg-sql-parser.js";
import type { LocalInstance } from "./adapters/local/instance-file.js";
import { pgHistoryStore } from "./adapters/pg-history-store.js";
import { pgSessions } from "./adapters/pg-session.js";
import { systemClock } from "./adapters/system-clock.js";
import { baseline, type BaselineReport } from "./baseline.js";
import type { ByHandRequest } from "./by-hand.js";
import type { ConnectionSettings } from "./core/connection-settings.js";
import type { BackupPort, MigrationSource } from "./core/ports.js";
import type { MigrateRequest, PlanResult, RunResult, World } from "./core/run.js";
import { migrate } from "./migrate.js";
import { plan } from "./plan.js";
import { progressOf, signalOf } from "./run-context.js";
import { undo, type UndoReport } from "./undo.js";

/** The database of a deploy, and the folder. */
export interface DeployTarget {
  readonly connection: ConnectionSettings;
  readonly source: MigrationSource;
  /** Set for an embedded database of this machine, which is backed up by a base backup. */
  readonly local?: LocalInstance;
}

/** Deploys; see migrate.ts. @throws HoldfastError */
export function migrateDatabase(request: MigrateRequest, target: DeployTarget): Promise<RunResult> {
  return migrate(request, bindWorld(request, target));
}

/** What a deploy would do; see plan.ts. @throws HoldfastError */
export function planMigration(request: MigrateRequest, target: DeployTarget): Promise<PlanResult> {
  return plan(request, bindWorld(request, target));
}

/** Brings back what a contract retired; see undo.ts. @throws HoldfastError */
export function undoContract(request: ByHandRequest, target: DeployTarget, version: string): Promise<UndoReport> {
  return undo(request, bindWorld(request, target), version);
}

/** Marks files as applied; see baseline.ts. @throws HoldfastError */
export function baselineDatabase(
  request: ByHandRequest & { readonly release: string },
  target: DeployTarget,
  version: string,
): Promise<BaselineReport> {
  return baseline(request, bindWorld(request, target), version);
}

/** Records a repaired file's checksum; see accept.ts. @throws HoldfastError */
export function acceptMigration(
  request: ByHandRequest,
  target: DeployTarget,
  { version, reason }: { readonly version: string; readonly reason: string },
): Promise<AcceptReport> {
  return accept(request, bindWorld(request, target), version, reason);
}

function bindWorld(request: ByHandRequest, { connection, source, local }: DeployTarget): World {
  const killPoint = killSwitch(process.env);
  return {
    source,
    sessions: pgSessions(connection),
    history: pgHistoryStore(connection.schema),
    loadParser: loadSqlParser,
    ...(local !== undefined && { backup: baseBackups(request, local, killPoint) }),
    clock: systemClock,
    killPoint,
  };
}

/** Loaded only when a backup is taken: the commonest deploy has nothing to do. */
function baseBackups(request: ByHandRequest, instance: LocalInstance, killPoint: World["killPoint"]): BackupPort {
  const load = async (): Promise<BackupPort> => {
    const { localBackups } = await import("./adapters/backup/local-backups.js");
    const environment = request.environment ?? instance.name;
    const watching = { progress: progressOf(request), signal: signalOf(request), now: () => systemClock.now() };
    return localBackups({ instance, environment, killPoint, ...watching });
  };
  return {
    take: async (what) => (await load()).take(what),
    drill: async (entry) => (await load()).drill(entry),
    lastProvenAt: async () => (await load()).lastProvenAt(),
  };
}
