import { accept, type AcceptReport } from "./accept.js";
import { adopt, type Adoption, type AdoptReport } from "./adopt.js";
import { pgDump } from "./adapters/adopt/dump-schema.js";
import { killSwitch } from "./adapters/kill-switch.js";
import { loadSqlParser } from "./adapters/libpg-sql-parser.js";
import { pgHistoryStore } from "./adapters/pg-history-store.js";
import { pgSessions } from "./adapters/pg-session.js";
import { systemClock } from "./adapters/system-clock.js";
import { bindBackups, type BackedUp } from "./bind-backups.js";
import { bindIncidents } from "./bind-incidents.js";
import { baseline, type BaselineReport } from "./baseline.js";
import type { ByHandRequest } from "./by-hand.js";
import type { ConnectionSettings } from "./core/connection-settings.js";
import type { MigrationSource } from "./core/ports.js";
import type { MigrateRequest, PlanResult, RunResult, World } from "./core/run.js";
import { migrate } from "./migrate.js";
import { plan } from "./plan.js";
import { readSchema } from "./read-schema.js";
import { undo, type UndoReport } from "./undo.js";

/** The database of a deploy, and the folder. */
export interface DeployTarget extends BackedUp {
  readonly connection: ConnectionSettings;
  readonly source: MigrationSource;
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

/** The present schema as a folder's first file; see read-schema.ts. @throws HoldfastError */
export function readDatabaseSchema({ connection }: Pick<DeployTarget, "connection">): Promise<string> {
  const world = {
    sessions: pgSessions(connection),
    history: pgHistoryStore(connection.schema),
    loadParser: loadSqlParser,
  };
  return readSchema(world, pgDump(connection));
}

/** Takes over from another tool; see adopt.ts. @throws HoldfastError */
export function adoptDatabase(
  request: ByHandRequest & { readonly release: string },
  target: DeployTarget,
  adoption: Adoption,
): Promise<AdoptReport> {
  return adopt(request, bindWorld(request, target), adoption);
}

/** Records a repaired file's checksum; see accept.ts. @throws HoldfastError */
export function acceptMigration(
  request: ByHandRequest,
  target: DeployTarget,
  { version, reason }: { readonly version: string; readonly reason: string },
): Promise<AcceptReport> {
  return accept(request, bindWorld(request, target), version, reason);
}

export function bindWorld(request: ByHandRequest, { connection, source, ...backedUp }: DeployTarget): World {
  const backup = bindBackups(request, backedUp);
  const incidents = bindIncidents(backedUp);
  return {
    source,
    sessions: pgSessions(connection),
    history: pgHistoryStore(connection.schema),
    loadParser: loadSqlParser,
    ...(backup !== undefined && { backup }),
    ...(incidents !== undefined && { incidents }),
    clock: systemClock,
    killPoint: killSwitch(process.env),
  };
}
