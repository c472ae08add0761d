import type { AnalysedMigration } from "../core/analysed-migration.js";
import { lockTargets } from "../core/lock-targets.js";
import type { RunContext } from "../core/ports.js";
import { bodySteps, stepFailed } from "./file-steps.js";
import { isLockConflict, withLockDiscipline } from "./lock-discipline.js";
import { rollBack } from "./roll-back.js";

/**
 * Runs one file: its transaction and its history row commit together, and go to the server in one message, so that its
 * locks are held no longer than the server works.
 * @throws HoldfastError statement_failed, deadline_exceeded
 */
export async function applyTransaction(ctx: RunContext, analysed: AnalysedMigration): Promise<void> {
  const { migration, statements } = analysed;
  await withLockDiscipline(ctx, { file: migration.name, tables: lockTargets(statements) }, (prelude) =>
    attempt(ctx, analysed, prelude),
  );
  ctx.killPoint("file-committed");
}

async function attempt(ctx: RunContext, analysed: AnalysedMigration, prelude: readonly string[]): Promise<void> {
  const steps = bodySteps(ctx, analysed, prelude);
  const { completed, error } = await ctx.session.pipeline(steps.map(({ step }) => step));
  if (error === undefined) return;
  await rollBack(ctx.session);
  const failed = steps[completed];
  throw failed === undefined || isLockConflict(error) ? error : stepFailed(failed, error);
}
