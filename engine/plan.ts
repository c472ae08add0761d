import type { AnalysedMigration } from "./core/analysed-migration.js";
import type { HistoryRow } from "./core/migration.js";
import { schemaVersion } from "./core/schema-version.js";
import { planDigest } from "./core/pending-set.js";
import type { MigrateRequest, PlannedStep, PlanResult, World } from "./core/run.js";
import { fileJudge } from "./judge-files.js";
import { hasWork, observe, type Observation } from "./observe.js";
import { needsBackup, pendingSet, type DecidedFile, type RunPlan } from "./plan-run.js";
import { prepareRun } from "./prepare-run.js";
import { policyOf } from "./run-context.js";

export type { PlannedStep, PlanResult } from "./core/run.js";

const NOTHING: RunPlan = { verify: [], hold: [], run: [], purge: [] };

/**
 * What a deploy would do now, and everything it would refuse; without the lock, over a session in which the server allows no
 * change.
 * @throws HoldfastError as the deploy would
 */
export async function plan(request: MigrateRequest, world: World): Promise<PlanResult> {
  const files = await world.source.load();
  const session = await world.sessions.open("read-only");
  try {
    const observation = await observe(session, world.history, request, files);
    const now = world.clock.now();
    // What waits is told also where a deploy would not even look at it.
    const isWorthALook = hasWork(observation, request, now) || observation.comparison.held.length > 0;
    if (!isWorthALook) return planResult(request, observation, NOTHING);
    const judge = fileJudge(files, await world.loadParser(), world.clock.now());
    const { history } = world;
    const preparation = {
      ...{ session, history, request, judge, now },
      policy: policyOf(request),
      backup: world.backup,
    };
    const prepared = await prepareRun(preparation, observation);
    return planResult(request, observation, prepared.plan);
  } finally {
    await session.close();
  }
}

function planResult(
  { release, environment }: MigrateRequest,
  { state, comparison }: Observation,
  run: RunPlan,
): PlanResult {
  const started = new Set(
    state.history.filter(({ state: reached }) => reached === "started").map(({ order }) => order),
  );
  const steps = [
    ...run.verify.map(({ analysed }) => fileStep("verify", analysed)),
    ...byOrder([...run.hold, ...run.run]).map((decided) => decidedStep(decided, started)),
    ...run.purge.map(purgeStep),
  ];
  const members = pendingSet(run);
  return {
    ...{ release, steps, pendingSet: members, digest: planDigest(members) },
    environment: state.environment ?? environment ?? null,
    schemaVersion: schemaVersion(state.history),
    takesBackup: needsBackup(run),
    isAhead: comparison.isAhead,
  };
}

function byOrder(files: readonly DecidedFile[]): DecidedFile[] {
  return [...files].sort((a, b) => (a.file.analysed.migration.order < b.file.analysed.migration.order ? -1 : 1));
}

function decidedStep({ file: { analysed }, decision }: DecidedFile, started: ReadonlySet<bigint>): PlannedStep {
  const { gate, reason, dueAt } = decision;
  if (decision.decision === "hold") return { ...fileStep("hold", analysed), ...{ gate, reason, dueAt } };
  if (started.has(analysed.migration.order)) return fileStep("resume", analysed);
  return fileStep(analysed.execution === "contract" && !decision.purgeAtOnce ? "retire" : "run", analysed);
}

function fileStep(action: PlannedStep["action"], { migration, statements, execution }: AnalysedMigration): PlannedStep {
  const { version, name, phase, checksum } = migration;
  return {
    ...{ action, version, file: name, phase, checksum, execution },
    statements: statements.map(({ text, line }) => ({ text, line })),
    locks: [...new Set(statements.flatMap(({ locks }) => locks))],
    isOpaque: statements.some(({ isOpaque }) => isOpaque),
    ...{ reason: null, gate: null, dueAt: null },
  };
}

function purgeStep({ version, description, phase, checksum, dueAt }: HistoryRow): PlannedStep {
  return {
    ...{ action: "purge", version, file: `${version} (${description})`, phase, checksum, execution: null },
    ...{ statements: [], locks: [], isOpaque: false, reason: "retired, and its soak time is over", gate: null, dueAt },
  };
}
