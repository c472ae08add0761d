import type { AnalysedStatement } from "../../core/analysed-migration.js";
import { nextBatchSize, shrunkBatchSize } from "../../core/batch-size.js";
import type { BatchStatement } from "../../core/batch-statement.js";
import type { Batch, Migration } from "../../core/migration.js";
import type { PipelineStep, RunContext } from "../../core/ports.js";
import { findHolders, findOpenTransactions, type LockedRelation } from "../find-holders.js";
import { isLockConflict } from "../lock-discipline.js";
import { deadlineExceeded } from "../lock-errors.js";
import { rollBack } from "../roll-back.js";
import { batchFailed, stoppedAfterBatch } from "./errors.js";
import { findBounds, type BatchBounds } from "./find-bounds.js";
import type { BackfillKey } from "./find-key.js";
import { recordProgress, type BackfillProgress } from "./progress.js";

/** A backfill that was found fit to run. */
export interface BackfillWork {
  readonly migration: Migration;
  readonly batch: Batch;
  readonly statement: AnalysedStatement;
  readonly sent: BatchStatement;
  readonly key: BackfillKey;
}

/** A batch may wait for a client's row lock longer than DDL may for a table's, since nobody queues behind it. */
const LOCK_TIMEOUTS = 10;
const LONGEST_PAUSE_MS = 500;

/** Where a walk stands. */
interface Walk {
  readonly ctx: RunContext;
  readonly work: BackfillWork;
  done: Pick<BackfillProgress, "lastKey" | "rowsDone"> | null;
  size: number;
  /** The cheapest answer so far: what a message costs on this connection. */
  roundTripMs: number;
  lastBatchMs: number;
  /** Since the last batch that went through. */
  waitingSince: number;
  readonly startedAt: number;
  readonly rowsBefore: number;
}

/** Does all batches behind `progress`. @throws HoldfastError statement_failed, deadline_exceeded, interrupted */
export async function walkBatches(
  ctx: RunContext,
  work: BackfillWork,
  progress: BackfillProgress | null,
): Promise<void> {
  const now = ctx.clock.now().getTime();
  const walk: Walk = {
    ...{ ctx, work, done: progress, size: progress?.batchSize ?? work.batch.size },
    ...{ roundTripMs: Number.POSITIVE_INFINITY, lastBatchMs: 0, waitingSince: now },
    ...{ startedAt: now, rowsBefore: progress?.rowsDone ?? 0 },
  };
  for (;;) {
    if (ctx.signal.aborted) throw stoppedAfterBatch(work.migration, walk.done?.rowsDone ?? 0, work.key.rowsEstimated);
    const bounds = await nextBounds(walk);
    if (bounds === undefined) return;
    if (!(await runBatch(walk, bounds))) continue;
    ctx.killPoint("backfill-batch-committed");
    if (bounds.isLast) return;
  }
}

/** Where clients waited for the last batch, they get as long as it took, and the next one is smaller. */
async function nextBounds(walk: Walk): Promise<BatchBounds | undefined> {
  const { ctx, work } = walk;
  const find = async (): Promise<BatchBounds | undefined> => {
    const sentAt = ctx.clock.now().getTime();
    const request = { migration: work.migration, key: work.key, after: walk.done?.lastKey ?? null, size: walk.size };
    const bounds = await findBounds(ctx.session, request);
    walk.roundTripMs = Math.min(walk.roundTripMs, ctx.clock.now().getTime() - sentAt);
    return bounds;
  };
  const bounds = await find();
  if (bounds === undefined || bounds.clientsWaiting === 0 || walk.lastBatchMs === 0) return bounds;
  await ctx.clock.sleep(walk.lastBatchMs, ctx.signal);
  walk.size = nextBatchSize({ ...measures(walk), clientsWaiting: bounds.clientsWaiting });
  return find();
}

function measures({
  ctx,
  size,
  lastBatchMs,
  roundTripMs,
}: Walk): Omit<Parameters<typeof nextBatchSize>[0], "clientsWaiting"> {
  return { size, tookMs: lastBatchMs, roundTripMs, targetMs: ctx.policy.batchTargetMs };
}

/** One batch and its progress row, in one message. False where it met a lock and must be tried again, smaller. */
async function runBatch(walk: Walk, bounds: BatchBounds): Promise<boolean> {
  const { ctx, work } = walk;
  const { migration, batch, statement, sent } = work;
  const done = { lastKey: bounds.to, rowsDone: (walk.done?.rowsDone ?? 0) + bounds.rows };
  const progress = { statement: statement.text, batch: { table: batch.table, key: batch.key }, ...done };
  const steps: PipelineStep[] = [
    { sql: "BEGIN" },
    { sql: `SET LOCAL lock_timeout = ${LOCK_TIMEOUTS * ctx.policy.lockTimeoutMs}` },
    { sql: sent.sql, values: [...bounds.from, ...bounds.to] },
    recordProgress(migration, { ...progress, batchSize: walk.size }),
    { sql: "COMMIT" },
  ];
  const sentAt = ctx.clock.now().getTime();
  const { error } = await ctx.session.pipeline(steps);
  const now = ctx.clock.now().getTime();
  if (error !== undefined) {
    await rollBack(ctx.session);
    if (!isLockConflict(error)) throw batchFailed(work, error, bounds, walk.done?.rowsDone ?? 0);
    await pauseAfterConflict(walk, error);
    return false;
  }
  walk.done = done;
  walk.lastBatchMs = now - sentAt;
  walk.waitingSince = now;
  // The last one is seldom full, and would tell nothing.
  if (!bounds.isLast) walk.size = nextBatchSize({ ...measures(walk), clientsWaiting: 0 });
  report(walk, now);
  return true;
}

async function pauseAfterConflict(walk: Walk, error: Error): Promise<void> {
  const { ctx, work } = walk;
  const { name } = work.migration;
  const waitedMs = ctx.clock.now().getTime() - walk.waitingSince;
  if (waitedMs >= ctx.policy.strongLockDeadlineMs) {
    const table: LockedRelation = {
      oid: work.key.tableOid,
      name: work.key.table,
      mode: "RowExclusiveLock",
      isTable: true,
    };
    const holders = await findHolders(ctx.session, [table]);
    throw deadlineExceeded(
      { ctx, file: name },
      holders.length > 0 ? holders : await findOpenTransactions(ctx.session),
      error,
    );
  }
  walk.size = shrunkBatchSize(walk.size);
  ctx.progress({ kind: "lock-retry", file: name, attempt: 1, blockers: [] });
  await ctx.clock.sleep(LONGEST_PAUSE_MS * (0.2 + 0.8 * ctx.clock.random()), ctx.signal);
}

function report({ ctx, work, done, startedAt, rowsBefore }: Walk, now: number): void {
  const rowsDone = done?.rowsDone ?? 0;
  const rowsPerSecond = Math.round((rowsDone - rowsBefore) / Math.max((now - startedAt) / 1000, 0.001));
  const rowsEstimated = Math.max(work.key.rowsEstimated, rowsDone);
  ctx.progress({ kind: "batch", file: work.migration.name, rowsDone, rowsEstimated, rowsPerSecond });
}
