import type { AnalysedMigration } from "../core/analysed-migration.js";
import type { RunContext } from "../core/ports.js";
import { bodySteps, stepFailed, verifySteps, type FileStep } from "./file-steps.js";
import { isLockConflict } from "./lock-discipline.js";
import { rollBack } from "./roll-back.js";

/**
 * Waits here are for rows, not for tables: those are new. Longer than one try for a table lock, short enough to go on file
 * by file, where the wait is reported.
 */
const LOCK_TIMEOUT = "1s";

/**
 * Sends several files as one message, each still with a transaction, a history row and its @verify queries of its own: one
 * round trip for all. The server stops at the first error, as a run file by file would.
 * @returns the files behind a lock conflict, which were not run; empty: all are done
 * @throws HoldfastError statement_failed, verify_failed
 */
export async function applyPipeline(
  ctx: RunContext,
  files: readonly AnalysedMigration[],
  onApplied: (analysed: AnalysedMigration) => void,
): Promise<readonly AnalysedMigration[]> {
  const steps = files.flatMap((analysed) => [...bodySteps(ctx, analysed), ...verifySteps(ctx, analysed)]);
  const outcome = await ctx.session.pipeline([
    { sql: `SET lock_timeout = '${LOCK_TIMEOUT}'` },
    ...steps.map(({ step }) => step),
    { sql: "SET lock_timeout = 0" },
  ]);
  const completed = Math.max(0, outcome.completed - 1);
  for (const analysed of committed(steps.slice(0, completed))) onApplied(analysed);
  if (outcome.error === undefined) {
    ctx.killPoint("pipeline-committed");
    return [];
  }
  await rollBack(ctx.session);
  const failed = steps[completed];
  if (failed === undefined) throw outcome.error;
  if (failed.part === "verify" || !isLockConflict(outcome.error)) throw stepFailed(failed, outcome.error);
  await ctx.session.reset();
  return files.slice(files.indexOf(failed.analysed));
}

/** Files whose COMMIT is among the finished steps. */
function committed(steps: readonly FileStep[]): AnalysedMigration[] {
  const commits = steps.filter(({ step, part }) => part === "frame" && step.sql === "COMMIT");
  return [...new Set(commits.map(({ analysed }) => analysed))];
}
