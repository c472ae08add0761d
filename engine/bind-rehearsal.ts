import { embeddedPlace } from "./adapters/rehearsal/embedded-place.js";
import { givenPlace } from "./adapters/rehearsal/given-place.js";
import { loadSqlParser } from "./adapters/libpg-sql-parser.js";
import { dataRoot } from "./adapters/local/data-root.js";
import { LOCAL_OWNER_ROLE } from "./adapters/local/instance-file.js";
import { pgHistoryStore } from "./adapters/pg-history-store.js";
import { systemClock } from "./adapters/system-clock.js";
import type { ConnectionSettings } from "./core/connection-settings.js";
import type { MigrationSource } from "./core/ports.js";
import type { RehearsalReport } from "./core/rehearsal/rehearsal-report.js";
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
