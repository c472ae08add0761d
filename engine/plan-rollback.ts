import type { ByHandRequest } from "./by-hand.js";
import { analyseMigration } from "./core/analyse-migration.js";
import type { AnalysedMigration } from "./core/analysed-migration.js";
import { HoldfastError } from "./core/errors.js";
import type { HistoryRow, MigrationFile } from "./core/migration.js";
import type { DatabaseState, Session } from "./core/ports.js";
import { readMigration } from "./core/read-migration.js";
import type { RehearsedFile } from "./core/rehearsal/rehearsal-report.js";
import {
  chooseRollback,
  whyNotRehearsed,
  type ChosenRollback,
  type RollbackPlan,
  type RollbackStep,
  type RollbackStop,
} from "./core/rehearsal/rollback-plan.js";
import type { World } from "./core/run.js";
import { wrongEnvironment } from "./refusals.js";
import { rehearse, type RehearsalWorld } from "./rehearse.js";
import { progressOf, signalOf } from "./run-context.js";
import { countLosses } from "./steps/rehearse/count-losses.js";

/**
 * What a rollback would run, each step rehearsed up, down and up just now from the very text that was applied, and what it would
 * take from the database. Changes nothing.
 *
 * @param to stays applied; without it the newest file alone is rolled back
 * @throws HoldfastError rollback_refused where nothing may be rolled back; wrong_environment; what a rehearsal fails with
 */
export async function planRollback(
  request: ByHandRequest,
  { world, rehearsal }: { readonly world: World; readonly rehearsal: RehearsalWorld },
  to?: string,
): Promise<RollbackPlan> {
  const files = await world.source.load();
  const session = await world.sessions.open("read-only");
  try {
    const state = await world.history.load(session);
    refuseOther(request, state);
    const chosen = chooseRollback(state.history, files, to);
    if (chosen.stop !== null && chosen.candidates.length === 0) throw refused(chosen.stop);
    const ran = filesThatRan(files, state.history);
    const pending = new Set(chosen.candidates.map(({ file }) => file.order));
    const source = { load: () => Promise.resolve(ran) };
    const watching = { progress: progressOf(request), signal: signalOf(request) };
    const report = await rehearse({ pending, ...watching }, { ...rehearsal, source });
    return await planOf(session, chosen, report.files, await analysed(chosen, ran, world));
  } finally {
    await session.close();
  }
}

function refuseOther({ environment }: ByHandRequest, state: DatabaseState): void {
  const { environment: marked } = state;
  if (environment !== undefined && marked !== null && marked !== environment)
    throw wrongEnvironment(state, environment);
}

/** What is pending or held is no part of the database that the rehearsal builds. */
export function filesThatRan(files: readonly MigrationFile[], history: readonly HistoryRow[]): MigrationFile[] {
  const ran = new Set(history.filter(({ state }) => HAS_RUN.has(state)).map(({ order }) => order));
  return files.filter(({ order }) => ran.has(order));
}

const HAS_RUN: ReadonlySet<string> = new Set(["applied", "unverified", "retired"]);

async function analysed(
  { candidates }: ChosenRollback,
  folder: readonly MigrationFile[],
  world: Pick<World, "loadParser">,
): Promise<ReadonlyMap<string, AnalysedMigration>> {
  const parser = await world.loadParser();
  return new Map(
    candidates.map(({ file }) => [file.version, analyseMigration(readMigration(file), parser, folder)] as const),
  );
}

async function planOf(
  session: Session,
  { candidates, stop }: ChosenRollback,
  rehearsed: readonly RehearsedFile[],
  migrations: ReadonlyMap<string, AnalysedMigration>,
): Promise<RollbackPlan> {
  const steps: RollbackStep[] = [];
  for (const { row, file } of candidates) {
    const found = rehearsed.find(({ version, checksum }) => version === file.version && checksum === file.checksum);
    const why = whyNotRehearsed(found);
    if (found === undefined || why !== undefined) {
      const end = { version: file.version, file: file.name, ...(why ?? { reason: "", next: "" }) };
      if (steps.length === 0) throw refused(end);
      return { steps, stop: end };
    }
    steps.push({
      ...{ version: row.version, file: file.name, checksum: file.checksum, appliedAt: row.appliedAt },
      statements: (migrations.get(file.version)?.rollback ?? []).map(({ line, text }) => ({ line, text })),
      lost: found.rollback.lost,
      lostSince: await countLosses(session, found.rollback.lostSince),
    });
  }
  return { steps, stop };
}

function refused({ file, reason, next }: RollbackStop): HoldfastError {
  return new HoldfastError("rollback_refused", `${file} is not rolled back: ${reason}.`, { next });
}
