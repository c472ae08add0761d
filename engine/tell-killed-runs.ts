import { HoldfastError } from "./core/errors.js";
import { errorJson } from "./core/error-json.js";
import type { Incident, IncidentBeginning, IncidentMoment } from "./core/incident/incident.js";
import type { HistoryRow } from "./core/migration.js";
import type { DatabaseState, RunRecord } from "./core/ports.js";
import { schemaVersion } from "./core/schema-version.js";
import type { IncidentSite } from "./incident-of-run.js";

/**
 * Makes incidents of what killed runs have left: of their journals on this machine, and of a run whose journal is elsewhere
 * (a CI runner that is gone) what the database knows.
 */
export async function tellKilledRuns(site: IncidentSite, state: DatabaseState): Promise<void> {
  const { incidents } = site;
  for (const left of await incidents.takeLeftBehind()) {
    await incidents.publish(killedIncident(site, state, left.beginning, left.moments));
    await left.forget();
  }
  const { interruptedRun } = state;
  if (interruptedRun === null || !hasDoneAnything(state.history, interruptedRun)) return;
  const told = await incidents.list();
  const isTold = told.some(({ run }) => isSame(run, interruptedRun));
  if (!isTold) await incidents.publish(killedIncident(site, state, beginningIn(site, state, interruptedRun), []));
}

function isSame(run: IncidentBeginning["run"], { id, startedAt }: RunRecord): boolean {
  return run.id === id && run.startedAt === startedAt.toISOString();
}

function hasDoneAnything(history: readonly HistoryRow[], { startedAt }: RunRecord): boolean {
  return history.some((row) => row.state === "started" || isSince(row, startedAt));
}

function isSince({ appliedAt, state }: HistoryRow, startedAt: Date): boolean {
  return appliedAt !== null && appliedAt >= startedAt && state !== "held" && state !== "rolled back";
}

function beginningIn({ incidents }: IncidentSite, state: DatabaseState, run: RunRecord): IncidentBeginning {
  const { project, instance } = incidents;
  const before = state.history.filter((row) => !isSince(row, run.startedAt));
  return {
    ...{ project, instance, environment: state.environment, database: state.database, release: run.release },
    run: { id: run.id, startedAt: run.startedAt.toISOString() },
    schemaVersion: schemaVersion(before),
    planned: [],
    written: {},
  };
}

function killedIncident(
  { files, world }: IncidentSite,
  { history }: DatabaseState,
  beginning: IncidentBeginning,
  moments: readonly IncidentMoment[],
): Incident {
  const at = world.clock.now().toISOString();
  const { run, release } = beginning;
  const nameOf = (row: HistoryRow): string => files.find(({ order }) => order === row.order)?.name ?? row.version;
  const startedAt = new Date(run.startedAt);
  const halfRun = history.find(({ state }) => state === "started");
  const backup = moments.findLast((moment) => moment.backup !== undefined)?.backup;
  const message = `The run of release ${release} that began ${run.startedAt} was killed before it ended.`;
  const next = "The run that found it goes on where it stopped; where that ends well, nothing is to be done.";
  return {
    ...{ format: 1, ...beginning, at, error: errorJson(new HoldfastError("interrupted", message, { next })) },
    timeline: [
      { at: run.startedAt, what: `run ${run.id} begun, release ${release}` },
      ...moments,
      { at, what: "found by the next run; what came last is not known to the second" },
    ],
    file: halfRun === undefined ? null : nameOf(halfRun),
    statements: [],
    applied: history.filter((row) => row !== halfRun && isSince(row, startedAt)).map(nameOf),
    backup: backup ?? null,
    decision: null,
  };
}
