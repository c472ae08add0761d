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
 * The commits of a message wait for the disk once, at the last one: WAL is flushed in order, so that makes the earlier ones
 * durable, too (manual, "Asynchronous Commit"). A server that dies before loses files from the end, each with its history
 * row, and nobody was told yet that they had run.
 */
const FLUSH_LATER = "set_config('synchronous_commit', 'off', false)";
const FLUSH_ALL = "RESET synchronous_commit";

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
  const last = files.at(-1);
  const steps = files.flatMap((analysed) => [
    ...bodySteps(ctx, analysed, analysed === last ? [FLUSH_ALL] : []),
    ...verifySteps(ctx, analysed),
  ]);
  const outcome = await ctx.session.pipeline([
    { sql: `SELECT set_config('lock_timeout', '${LOCK_TIMEOUT}', false), ${FLUSH_LATER}` },
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
  // Whatever writes next, at the latest the end of the run, flushes what stands before it.
  await ctx.session.reset();
  const failed = steps[completed];
  if (failed === undefined) throw outcome.error;
  if (failed.part === "verify" || !isLockConflict(outcome.error)) throw stepFailed(failed, outcome.error);
  return files.slice(files.indexOf(failed.analysed));
}

/** Files whose COMMIT is among the finished steps. */
function committed(steps: readonly FileStep[]): AnalysedMigration[] {
  const commits = steps.filter(({ step, part }) => part === "frame" && step.sql === "COMMIT");
  return [...new Set(commits.map(({ analysed }) => analysed))];
}
