import { embeddedPlace } from "./adapters/rehearsal/embedded-place.js";
import { givenPlace } from "./adapters/rehearsal/given-place.js";
import { loadSqlParser } from "./adapters/libpg-sql-parser.js";
import { dataRoot } from "./adapters/local/data-root.js";
import { LOCAL_OWNER_ROLE } from "./adapters/local/instance-file.js";
import { pgHistoryStore } from "./adapters/pg-history-store.js";
import { systemClock } from "./adapters/system-clock.js";
import { bindWorld, type DeployTarget } from "./bind-world.js";
import type { ByHandRequest } from "./by-hand.js";
import type { ConnectionSettings } from "./core/connection-settings.js";
import type { MigrationSource } from "./core/ports.js";
import type { RehearsalReport } from "./core/rehearsal/rehearsal-report.js";
import type { RollbackPlan } from "./core/rehearsal/rollback-plan.js";
import { planRollback } from "./plan-rollback.js";
import { findWaysBack, type WaysBack, type WaysWorld } from "./ways-back.js";
import { rollBack, type RollbackReport } from "./roll-back-files.js";
import { rehearse, type RehearsalWorld, type RehearseRequest } from "./rehearse.js";

/** The folder, and where it is rehearsed. */
export interface RehearsalTarget {
  readonly source: MigrationSource;
  /** As the instance has it. Default: the owner of a local database. `null`: who logs in owns the objects. */
  readonly ownerRole?: string | null;
  /** Where the history table lives. Default `public`. */
  readonly schema?: string;
  /** A database to rehearse on, in place of an embedded one of its own. */
  readonly on?: ConnectionSettings;
  /** Data root, where the embedded server's programs are. Default: dataRoot(). */
  readonly root?: string;
}

/** Rehearses pending files; see rehearse.ts. @throws HoldfastError */
export function rehearseMigrations(request: RehearseRequest, target: RehearsalTarget): Promise<RehearsalReport> {
  return rehearse(request, bindRehearsal(target));
}

/** What a rollback would run, rehearsed; see plan-rollback.ts. @throws HoldfastError */
export function planMigrationRollback(
  request: ByHandRequest,
  target: DeployTarget & Pick<RehearsalTarget, "root">,
  to?: string,
): Promise<RollbackPlan> {
  return planRollback(
    request,
    { world: bindWorld(request, target), rehearsal: bindRehearsal(rehearsalOf(target)) },
    to,
  );
}

function rehearsalOf({ source, connection, root }: DeployTarget & Pick<RehearsalTarget, "root">): RehearsalTarget {
  const { ownerRole = null, schema } = connection;
  return {
    ...{ source, ownerRole },
    ...(schema !== undefined && { schema }),
    ...(root !== undefined && { root }),
  };
}

/** Which ways lead back now; see ways-back.ts. @throws HoldfastError */
export function findInstanceWaysBack(
  request: ByHandRequest,
  target: DeployTarget & Pick<RehearsalTarget, "root">,
  instance: Pick<WaysWorld, "name" | "listBackups">,
): Promise<WaysBack> {
  const rehearsal = bindRehearsal(rehearsalOf(target));
  return findWaysBack(request, { ...instance, world: bindWorld(request, target), rehearsal });
}

/** Runs it; see roll-back-files.ts. @throws HoldfastError */
export function rollBackMigrations(
  request: ByHandRequest,
  target: DeployTarget,
  plan: RollbackPlan,
): Promise<RollbackReport> {
  return rollBack(request, bindWorld(request, target), plan);
}

export function bindRehearsal(target: RehearsalTarget): RehearsalWorld {
  const { source, on, root = dataRoot(), ownerRole = LOCAL_OWNER_ROLE } = target;
  const schema = on?.schema ?? target.schema;
  return {
    source,
    openPlace: () =>
      on === undefined ? embeddedPlace({ root, schema, ownerRole: ownerRole ?? undefined }) : givenPlace(on),
    openHistory: () => pgHistoryStore(schema),
    loadParser: loadSqlParser,
    clock: systemClock,
    stopwatch: () => performance.now(),
  };
}
