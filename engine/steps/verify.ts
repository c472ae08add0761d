import type { AnalysedMigration } from "../core/analysed-migration.js";
import type { RunContext } from "../core/ports.js";
import { stepFailed, verifySteps } from "./file-steps.js";
import { rollBack } from "./roll-back.js";

/**
 * Asks a file's @verify queries, after its commit and with none of its locks held, and records that they were true.
 * @throws HoldfastError verify_failed; the file stays unverified
 */
export async function verifyMigration(ctx: RunContext, analysed: AnalysedMigration): Promise<void> {
  const steps = verifySteps(ctx, analysed);
  if (steps.length === 0) return;
  const { completed, error } = await ctx.session.pipeline(steps.map(({ step }) => step));
  if (error !== undefined) {
    await rollBack(ctx.session);
    const failed = steps[completed];
    throw failed === undefined ? error : stepFailed(failed, error);
  }
  ctx.killPoint("file-verified");
  ctx.progress({ kind: "migration", file: analysed.migration.name, state: "verified" });
}
