import { compareSets, type KnownMigration, type SetComparison } from "./core/compare-sets.js";
import { duePurges } from "./core/due-purges.js";
import { joinFaults } from "./core/errors.js";
import type { MigrationFile } from "./core/migration.js";
import type { DatabaseState, HistoryStore, Session } from "./core/ports.js";
import type { MigrateRequest } from "./core/run.js";
import { wrongEnvironment } from "./refusals.js";

/** What one query, and the comparison with the folder, say of a database. */
export interface Observation {
  readonly state: DatabaseState;
  readonly comparison: SetComparison;
}

/**
 * Reads the database and compares it with the folder.
 * @throws HoldfastError wrong_environment; all faults of the comparison
 */
export async function observe(
  session: Session,
  history: HistoryStore,
  request: MigrateRequest,
  files: readonly MigrationFile[],
): Promise<Observation> {
  const state = await history.load(session);
  const { environment } = request;
  if (environment !== undefined && state.environment !== null && state.environment !== environment) {
    throw wrongEnvironment(state, environment);
  }
  const { release } = request;
  const comparison = compareSets({ files, history: state.history, releases: state.releases, release });
  const fault = joinFaults(comparison.faults);
  if (fault !== undefined) throw fault;
  return { state, comparison };
}

/** Whether a run would change anything. False is the commonest deploy: it ends here, without a lock and without the parser. */
export function hasWork({ state, comparison }: Observation, request: MigrateRequest, now: Date): boolean {
  if (state.releases[0]?.version !== request.release) return true;
  if (state.environment === null && request.environment !== undefined) return true;
  if (state.interruptedRun !== null) return true;
  if (comparison.isAhead) return false;
  return (
    comparison.pending.length > 0 ||
    comparison.unverified.length > 0 ||
    duePurges(state.history, now, request.release).length > 0 ||
    comparison.held.some((held) => mayHaveChanged(held, request, now))
  );
}

/** Whether anything a held file waits for may have come true since the run of this release that held it. */
function mayHaveChanged({ row, file }: KnownMigration, request: MigrateRequest, now: Date): boolean {
  const isApproved = request.approvals?.some(({ version }) => version === row.version) === true;
  const isDue = row.dueAt !== null && row.dueAt <= now;
  return isApproved || isDue || request.includeHeld === true || file.checksum !== row.checksum;
}
