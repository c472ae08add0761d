import { HoldfastError } from "./core/errors.js";
import type { DatabaseState, PipelineStep, RunContext, RunRecord } from "./core/ports.js";
import type { MigrateRequest } from "./core/run.js";
import { sendPipelined } from "./steps/contracts/in-transaction.js";
import { storeFingerprint } from "./steps/take-fingerprint.js";

export interface RunStart {
  readonly request: MigrateRequest;
  readonly state: DatabaseState;
  readonly isEmptyStart: boolean;
}

/**
 * Brackets the work of a run: the engine's tables, the environment's marker and the row of the run come first; the
 * fingerprint, the release and the end of the run last. A run that ends by an error has ended, too; one that
 * was killed, or stopped by Ctrl-C, has not.
 * @throws HoldfastError foreign_history, permission_denied; whatever the work throws
 */
export async function recordingRun(
  ctx: RunContext,
  start: RunStart,
  work: (run: RunRecord) => Promise<void>,
): Promise<void> {
  const { session, history } = ctx;
  const { request, state, isEmptyStart } = start;
  await history.ensure(session);
  ctx.killPoint("tables-ensured");
  const { environment, release, commit, noBackupBecause } = request;
  if (state.environment === null && environment !== undefined) {
    await sendPipelined(session, [history.markEnvironment(environment)]);
  }
  const run = await history.startRun(session, {
    ...{ release, isEmptyStart },
    ...(commit !== undefined && { commit }),
    ...(noBackupBecause !== undefined && { noBackupBecause }),
  });
  ctx.killPoint("run-recorded");
  const end = history.finishRun(run);
  try {
    await work(run);
  } catch (error) {
    if (error instanceof HoldfastError && error.code !== "interrupted") await endAfterError(ctx, state, end);
    throw error;
  }
  await storeFingerprint(ctx);
  const isNewRelease = state.releases[0]?.version !== release;
  const last = isNewRelease ? [history.recordRelease(release, commit)] : [];
  await sendPipelined(session, [{ sql: "BEGIN" }, ...last, end, { sql: "COMMIT" }]);
  ctx.killPoint("run-finished");
}

/** As far as the session still takes it: the error of the work says more than one of this. */
async function endAfterError(ctx: RunContext, before: DatabaseState, end: PipelineStep): Promise<void> {
  await ctx.session.reset().catch(() => undefined);
  await keepFingerprint(ctx, before).catch(() => undefined);
  await ctx.session.pipeline([end]).catch(() => undefined);
}

/** What the finished files made is no drift. Where none finished, the old fingerprint goes on telling what others did. */
async function keepFingerprint(ctx: RunContext, before: DatabaseState): Promise<void> {
  const after = await ctx.history.load(ctx.session);
  if (finished(after) > finished(before)) await storeFingerprint(ctx);
}

function finished({ history }: DatabaseState): number {
  return history.filter(({ state }) => state !== "started" && state !== "held").length;
}
