import type { AnalysedMigration } from "./core/analysed-migration.js";
import type { HoldfastError } from "./core/errors.js";
import { errorJson } from "./core/error-json.js";
import type { Incident, IncidentBeginning, IncidentMoment } from "./core/incident/incident.js";
import { blottedStatements } from "./core/incident/blotted-statements.js";
import type { MigrationFile } from "./core/migration.js";
import type { IncidentPort, Session } from "./core/ports.js";
import type { World } from "./core/run.js";
import { schemaVersion } from "./core/schema-version.js";
import type { BegunRun } from "./leave-incident.js";
import { tellKilledRuns } from "./tell-killed-runs.js";
import type { RunPlan } from "./plan-run.js";
import type { RunMemory } from "./tell-applied.js";

export interface OpenIncident {
  hear(moment: IncidentMoment): void;
  /** The run has ended well. */
  discard(): Promise<void>;
  /** @returns the file's path; undefined where nothing is worth telling */
  fail(error: HoldfastError, memory: RunMemory): Promise<string | undefined>;
}

export interface IncidentSite {
  readonly incidents: IncidentPort;
  readonly world: Pick<World, "clock">;
  readonly files: readonly MigrationFile[];
  readonly release: string;
  /** Everything since the run was started; it grows. */
  readonly heard: readonly IncidentMoment[];
  /** Runs `work`; a fault of it is told in a note that begins so, and gives undefined. */
  readonly attempt: <T>(what: string, work: () => Promise<T>) => Promise<T | undefined>;
}

/** Tells what killed runs have left, then begins the journal of this one. */
export async function openIncident(site: IncidentSite, begun: BegunRun): Promise<OpenIncident> {
  const { incidents, heard, world, attempt } = site;
  await attempt("What a killed run has left could not be told", () => tellKilledRuns(site, begun.state));
  const beginning = await beginningOf(site, begun);
  const journal = await attempt("The journal of this run could not be begun", () => incidents.begin(beginning));
  for (const moment of heard) journal?.note(moment);
  return {
    hear: (moment) => journal?.note(moment),
    discard: async () => journal?.discard(),
    fail: async (error, memory) => {
      const failure = { error, memory, at: world.clock.now(), plan: begun.plan, heard };
      const path = isWorthTelling(failure) ? await incidents.publish(incidentOf(beginning, failure)) : undefined;
      await journal?.discard();
      return path;
    },
  };
}

/** Where nothing ran, a person who stopped the run knows it, and one who has no way to back up is told so by the error. */
function isWorthTelling({ error, memory, heard }: Failure): boolean {
  const isRefusal = error.code === "interrupted" || error.code === "no_backup";
  return !isRefusal || memory.applied.length > 0 || heard.some(({ begins }) => begins !== undefined);
}

async function beginningOf({ incidents, release }: IncidentSite, begun: BegunRun): Promise<IncidentBeginning> {
  const { session, run, state, plan } = begun;
  const { project, instance } = incidents;
  return {
    ...{ project, instance, release, database: state.database, environment: state.environment },
    run: { id: run.id, startedAt: run.startedAt.toISOString() },
    schemaVersion: schemaVersion(state.history),
    planned: [...plan.verify, ...plan.run.map(({ file }) => file)].map(({ analysed }) => analysed.migration.name),
    // An estimate is not worth a run; a connection that is lost here is found out by what comes next.
    written: await readWritten(session).catch(() => ({})),
  };
}

/** By how much these grow tells later, roughly, what a restore would lose. */
async function readWritten(session: Session): Promise<Record<string, number>> {
  const rows = await session.query(WRITTEN);
  return Object.fromEntries(rows.map((row) => [row["name"] ?? "", Number(row["written"])]));
}

/** Tables that have been written to most; a catalog of ten thousand is no reason to wait. */
const WRITTEN = `
SELECT format('%I.%I', schemaname, relname) AS name, (n_tup_ins + n_tup_upd + n_tup_del)::text AS written
FROM pg_stat_user_tables WHERE schemaname NOT IN ('holdfast', 'holdfast_retired')
  AND relname NOT IN ('schema_migrations', 'system_versions')
ORDER BY n_tup_ins + n_tup_upd + n_tup_del DESC, 1 LIMIT 200`;

interface Failure {
  readonly error: HoldfastError;
  readonly memory: RunMemory;
  readonly at: Date;
  readonly plan: RunPlan;
  readonly heard: readonly IncidentMoment[];
}

function incidentOf(beginning: IncidentBeginning, { error, memory, at, plan, heard }: Failure): Incident {
  const failed = failedFile(plan, error, heard);
  const { statements = [], verify = [], migration } = failed ?? {};
  const begun = { at: beginning.run.startedAt, what: `run ${beginning.run.id} begun, release ${beginning.release}` };
  const end = { at: at.toISOString(), what: `failed: ${error.message.replace(/\.$/, "")}` };
  return {
    ...{ format: 1, ...beginning, at: at.toISOString(), error: errorJson(error) },
    timeline: [...inOrder([begun, ...heard]), end],
    file: migration?.name ?? null,
    statements: blottedStatements([...statements, ...verify], error.details.location),
    applied: [...memory.applied],
    backup: error.details.backup ?? null,
    decision: null,
  };
}

/** The run's own beginning comes from the server's clock; what was heard before it, waiting for another deploy, stays before it. */
function inOrder<T extends { readonly at: string }>(moments: readonly T[]): T[] {
  return moments.toSorted((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
}

/** By its place; an error without one is of the file that had begun last. */
function failedFile(
  { verify, run }: RunPlan,
  { details: { location } }: HoldfastError,
  heard: readonly IncidentMoment[],
): AnalysedMigration | undefined {
  const analysed = [...verify, ...run.map(({ file }) => file)].map((file) => file.analysed);
  if (location !== undefined) return analysed.find(({ migration }) => migration.path === location.file);
  const last = heard.findLast(({ begins, ends }) => begins !== undefined || ends !== undefined);
  return analysed.find(({ migration }) => migration.name === last?.begins);
}
