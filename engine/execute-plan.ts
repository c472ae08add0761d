import type { AnalysedMigration } from "./core/analysed-migration.js";
import type { ContractDecision } from "./core/decide-contracts.js";
import { groupForPipeline } from "./core/pipeline-groups.js";
import type { PipelineStep, RunContext } from "./core/ports.js";
import { leavesTraces } from "./core/session-traces.js";
import type { DecidedFile, RunPlan } from "./plan-run.js";
import { interrupted } from "./refusals.js";
import { applyBackfill } from "./steps/apply-backfill.js";
import { applyOutsideTransaction } from "./steps/apply-outside.js";
import { applyPipeline } from "./steps/apply-pipeline.js";
import { applyTransaction } from "./steps/apply-transaction.js";
import { applyContract } from "./steps/contracts/apply-contract.js";
import { sendPipelined } from "./steps/contracts/in-transaction.js";
import { purgeRetired } from "./steps/contracts/purge-retired.js";
import { verifyMigration } from "./steps/verify.js";

/** Files in one message: enough to hide the round trips, few enough that Ctrl-C and progress need not wait long. */
const FILES_PER_MESSAGE = 250;

/**
 * Does what was planned: asks again what an earlier run left unverified, notes what is held, runs what is pending, purges.
 * @param onApplied called with a file's name as soon as it is committed
 * @throws HoldfastError statement_failed, verify_failed, deadline_exceeded, interrupted and what the steps name
 */
export async function executePlan(ctx: RunContext, plan: RunPlan, onApplied: (file: string) => void): Promise<void> {
  for (const { analysed } of plan.verify) await verifyMigration(ctx, analysed);
  // Before anything runs: a held file that is recorded is never late.
  await recordHeld(ctx, plan.hold);
  const decisions = new Map(plan.run.map(({ file, decision }) => [file.analysed, decision]));
  for (const group of groupForPipeline([...decisions.keys()])) {
    const rest = group.isPipeline ? await applyInMessages(ctx, group.files, onApplied) : group.files;
    for (const analysed of rest) await applyOne(ctx, analysed, decisions.get(analysed), onApplied);
  }
  if (plan.purge.length > 0) await purgeRetired(ctx, plan.purge);
}

async function recordHeld(ctx: RunContext, held: readonly DecidedFile[]): Promise<void> {
  const rows = held.map(({ file: { analysed }, decision }): PipelineStep => {
    const { reason: heldReason, dueAt } = decision;
    return ctx.history.record({
      ...{ migration: analysed.migration, state: "held" },
      release: ctx.release,
      heldReason,
      dueAt,
    });
  });
  if (rows.length > 0) await sendPipelined(ctx.session, [{ sql: "BEGIN" }, ...rows, { sql: "COMMIT" }]);
  for (const { file } of held) ctx.progress({ kind: "migration", file: file.analysed.migration.name, state: "held" });
}

/** Gives the files that must go one by one, because somebody else held a lock. */
async function applyInMessages(
  ctx: RunContext,
  files: readonly AnalysedMigration[],
  onApplied: (file: string) => void,
): Promise<readonly AnalysedMigration[]> {
  for (let at = 0; at < files.length; at += FILES_PER_MESSAGE) {
    const message = files.slice(at, at + FILES_PER_MESSAGE);
    stopWhereAsked(ctx, message[0]);
    const rest = await applyPipeline(ctx, message, ({ migration }) => {
      onApplied(migration.name);
      ctx.progress({ kind: "migration", file: migration.name, state: "applied" });
    });
    tellNotices(ctx);
    if (rest.length > 0) return files.slice(at + message.length - rest.length);
  }
  return [];
}

async function applyOne(
  ctx: RunContext,
  analysed: AnalysedMigration,
  decision: ContractDecision | undefined,
  onApplied: (file: string) => void,
): Promise<void> {
  const { name } = analysed.migration;
  stopWhereAsked(ctx, analysed);
  ctx.progress({ kind: "migration", file: name, state: "started" });
  const startedAt = ctx.clock.now().getTime();
  const state = await execute(ctx, analysed, decision);
  onApplied(name);
  tellNotices(ctx);
  ctx.progress({ kind: "migration", file: name, state, durationMs: ctx.clock.now().getTime() - startedAt });
  if (leavesTraces(analysed)) await ctx.session.reset();
  await verifyMigration(ctx, analysed);
}

async function execute(
  ctx: RunContext,
  analysed: AnalysedMigration,
  decision: ContractDecision | undefined,
): Promise<"applied" | "retired"> {
  switch (analysed.execution) {
    case "transaction":
      await applyTransaction(ctx, analysed);
      return "applied";
    case "outside":
      await applyOutsideTransaction(ctx, analysed);
      return "applied";
    case "backfill":
      await applyBackfill(ctx, analysed);
      return "applied";
    case "contract": {
      const approval = decision?.approval;
      const options = { purgeAtOnce: decision?.purgeAtOnce === true, ...(approval !== undefined && { approval }) };
      return (await applyContract(ctx, analysed, options)).state;
    }
  }
}

function stopWhereAsked(ctx: RunContext, next: AnalysedMigration | undefined): void {
  if (ctx.signal.aborted && next !== undefined) throw interrupted(next.migration.name);
}

/** What RAISE NOTICE and the server's own warnings said. */
function tellNotices(ctx: RunContext): void {
  for (const message of ctx.session.takeNotices()) ctx.progress({ kind: "note", message, isNotice: true });
}
