import { backUpFirst, refuseWithoutWayBack } from "./back-up-first.js";
import type { MigrationFile } from "./core/migration.js";
import type { BackupEntry, DatabaseState, RunContext, Session } from "./core/ports.js";
import type { MigrateRequest, RunResult, World } from "./core/run.js";
import { executePlan } from "./execute-plan.js";
import { fileJudge } from "./judge-files.js";
import { watchForIncident, type IncidentWatch } from "./leave-incident.js";
import { loadWhileOpening } from "./load-while-opening.js";
import { hasWork, observe, type Observation } from "./observe.js";
import { judgeSet } from "./plan-run.js";
import { prepareRun } from "./prepare-run.js";
import { recordingRun } from "./record-run.js";
import { readOnlyServer } from "./refusals.js";
import { report } from "./report.js";
import { policyOf, runContext } from "./run-context.js";
import { withDeployLock } from "./steps/hold-deploy-lock.js";
import { survivingLostConnections } from "./survive-lost-connections.js";
import { tellingApplied, type RunMemory } from "./tell-applied.js";

export type { MigrateRequest, RunResult, World } from "./core/run.js";

/**
 * A deploy. Reads the folder and asks the database once; where nothing is to be done, that is all. Otherwise: parse what is
 * pending, take the lock, read again, plan, back up, apply, verify, record.
 *
 * Killed at any instant, the next run goes on from what the history says; so does this one when its connection is lost.
 * @throws HoldfastError; its `details` name the files that this run applied before it stopped, the backup it took,
 * and the file that tells of it all
 */
export async function migrate(request: MigrateRequest, world: World): Promise<RunResult> {
  const { files, opening } = await loadWhileOpening(world);
  const memory: Memory = { applied: [], backup: null };
  const incident = watchForIncident(request, world, files);
  const watched = { ...request, progress: incident.progress };
  const { sessions, clock } = world;
  const reconnecting = { sessions, clock, progress: incident.progress, reconnectMs: policyOf(request).reconnectMs };
  return incident.leaving(memory, () =>
    tellingApplied(memory, () =>
      survivingLostConnections(reconnecting, opening, (session) =>
        deploy({ request: watched, world, files, session, memory, incident }),
      ),
    ),
  );
}

interface Memory extends RunMemory {
  /** The database as this run found it, under the lock. */
  before?: DatabaseState;
}

interface Deploy {
  readonly request: MigrateRequest;
  readonly world: World;
  readonly files: readonly MigrationFile[];
  readonly session: Session;
  readonly memory: Memory;
  readonly incident: IncidentWatch;
}

async function deploy(run: Deploy): Promise<RunResult> {
  const { request, world, files, session } = run;
  const { history, clock } = world;
  const seen = await observe(session, history, request, files);
  if (!hasWork(seen, request, clock.now())) return conclude(run, seen);
  if (seen.state.isReadOnly) throw readOnlyServer(seen.state);
  const parser = await world.loadParser();
  const judge = fileJudge(files, parser, clock.now());
  judgeSet(seen, judge);
  const ctx = runContext(request, world, session, parser);
  return withDeployLock(ctx, async () => {
    // Another deploy may have done it all meanwhile.
    const found = await observe(session, history, request, files);
    if (run.memory.before !== undefined) hearAgain(run, found);
    run.memory.before ??= found.state;
    if (!hasWork(found, request, clock.now())) return conclude(run, found);
    const preparation = {
      ...{ session, history, request, judge, policy: ctx.policy },
      now: clock.now(),
      backup: world.backup,
    };
    const { plan, isEmptyStart } = await prepareRun(preparation, found);
    refuseWithoutWayBack(plan, request, world);
    await recordingRun(ctx, { request, state: found.state, isEmptyStart }, async (record) => {
      await run.incident.begin({ session, run: record, state: found.state, plan });
      run.memory.backup ??= await backUpFirst(ctx, world, plan, found.state);
      run.incident.backedUp(run.memory.backup);
      await executePlan(withBackup(ctx, run.memory.backup), plan, (file) => run.memory.applied.push(file));
    });
    return conclude(run, await observe(session, history, request, files));
  });
}

function withBackup(ctx: RunContext, backup: BackupEntry | null): RunContext {
  return backup === null ? ctx : { ...ctx, backupId: backup.id };
}

/** What was committed when the connection was lost, perhaps unheard, is named with the rest. */
function hearAgain(run: Deploy, found: Observation): void {
  const { applied } = run.memory;
  applied.splice(0, applied.length, ...conclude(run, found).ran.map(({ file }) => file));
}

function conclude({ request, files, memory }: Deploy, { state, comparison }: Observation): RunResult {
  const { before = state, backup } = memory;
  return report({ request, files, before, after: state, backup, isAhead: comparison.isAhead });
}
