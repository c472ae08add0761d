import { asHoldfastError } from "./core/as-holdfast-error.js";
import { HoldfastError } from "./core/errors.js";
import type { IncidentMoment } from "./core/incident/incident.js";
import { momentOf, momentOfBackup } from "./core/incident/timeline.js";
import type { MigrationFile } from "./core/migration.js";
import type { BackupEntry, DatabaseState, Progress, RunRecord, Session } from "./core/ports.js";
import type { MigrateRequest, World } from "./core/run.js";
import { openIncident, type OpenIncident } from "./incident-of-run.js";
import type { RunPlan } from "./plan-run.js";
import { progressOf } from "./run-context.js";
import { mentionOf, type RunMemory } from "./tell-applied.js";

/** What a run that begins knows, under the deploy's lock. */
export interface BegunRun {
  readonly session: Session;
  readonly run: RunRecord;
  readonly state: DatabaseState;
  readonly plan: RunPlan;
}

/** Watches a run, so that one that fails, or is killed, leaves an incident. */
export interface IncidentWatch {
  /** To be told everything that happens. */
  readonly progress: Progress;
  /** From here on the run can fail halfway: what happens is kept in a file of its own. */
  begin(begun: BegunRun): Promise<void>;
  /** The backup is there: a killed run leaves its name, too. */
  backedUp(entry: BackupEntry | null): void;
  /** Runs `work`; an error that ends a run that had begun is kept as an incident, and names its file. */
  leaving<T>(memory: RunMemory, work: () => Promise<T>): Promise<T>;
}

/**
 * Nothing is written before the run has recorded itself: what ends earlier has touched nothing, and leaves no incident. A fault of the file itself never hides what it was to tell.
 */
export function watchForIncident(
  request: Pick<MigrateRequest, "progress" | "release">,
  world: World,
  files: readonly MigrationFile[],
): IncidentWatch {
  const { incidents, clock } = world;
  const tell = progressOf(request);
  const heard: IncidentMoment[] = [];
  let open: OpenIncident | undefined;

  async function attempt<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      tell({ kind: "note", message: `${what}: ${reason}` });
      return undefined;
    }
  }

  function hear(moment: IncidentMoment | undefined): void {
    if (moment === undefined || incidents === undefined) return;
    const isRepeated = moment.key !== undefined && heard.at(-1)?.key === moment.key;
    heard.splice(isRepeated ? -1 : heard.length, 1, moment);
    open?.hear(moment);
  }

  return {
    progress: (event) => {
      hear(momentOf(event, clock.now()));
      tell(event);
    },
    backedUp: (entry) => {
      if (entry !== null) hear(momentOfBackup(mentionOf(entry), clock.now()));
    },
    begin: async (begun) => {
      if (incidents === undefined || open !== undefined || isIdle(begun)) return;
      open = await openIncident({ incidents, world, files, release: request.release, heard, attempt }, begun);
    },
    leaving: async (memory, work) => {
      try {
        const result = await work();
        await attempt("The journal of this run could not be removed", async () => open?.discard());
        return result;
      } catch (error) {
        const known = asHoldfastError(error);
        if (known === undefined || open === undefined) throw error;
        const failed = open;
        const incident = await attempt("The incident of this run could not be written", () =>
          failed.fail(known, memory),
        );
        if (incident === undefined) throw known;
        throw new HoldfastError(known.code, known.message, { ...known.details, incident }, { cause: known });
      }
    },
  };
}

/** A mere verification can fail, too; a new release number cannot. What a killed run has left is told at any rate. */
function isIdle({ plan: { run, purge, verify }, state }: BegunRun): boolean {
  return run.length + purge.length + verify.length === 0 && state.interruptedRun === null;
}
