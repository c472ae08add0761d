import type { AnalysedMigration, AnalysedStatement } from "../core/analysed-migration.js";
import { readBatchTarget } from "../core/batch-range.js";
import { batchStatement } from "../core/batch-statement.js";
import { HoldfastError } from "../core/errors.js";
import type { Batch } from "../core/migration.js";
import type { RunContext } from "../core/ports.js";
import { stateBeforeVerify } from "../core/state-before-verify.js";
import { editedHalfway } from "./backfill/errors.js";
import { findBackfillKey } from "./backfill/find-key.js";
import { forgetProgress, readProgress, type BackfillProgress } from "./backfill/progress.js";
import { walkBatches } from "./backfill/walk-batches.js";
import { commitTogether } from "./commit-together.js";
import { sendPipelined } from "./contracts/in-transaction.js";
import { ranBy, recordStarted } from "./ran-by.js";

/**
 * Runs a backfill batch by batch along its key. Each batch is a transaction with the progress in it, so a row is met once,
 * whatever happens in between; batches are short, give way to clients that wait for them, and go on where the last run
 * stopped. In the end the history row takes the progress row's place.
 * @throws HoldfastError invalid_migration (key or range), checksum_mismatch (edited halfway), statement_failed,
 * deadline_exceeded, interrupted
 */
export async function applyBackfill(ctx: RunContext, analysed: AnalysedMigration): Promise<void> {
  const startedAt = ctx.clock.now().getTime();
  const { migration } = analysed;
  const [statement] = analysed.statements;
  const { batch } = migration;
  // The grammar holds both.
  if (statement === undefined || batch === undefined) throw new Error(`${migration.name} is no backfill`);
  const target = readBatchTarget(migration, batch, statement, ctx.parser);
  if (target instanceof HoldfastError) throw target;
  const key = await findBackfillKey(ctx.session, migration, target);
  const progress = await readProgress(ctx.session, migration);
  if (progress !== null && !isSameWork(progress, statement, batch)) {
    throw editedHalfway(migration, statement, progress.rowsDone);
  }
  await sendPipelined(ctx.session, [recordStarted(ctx, migration, progress === null)]);
  ctx.killPoint("backfill-file-started");
  const sent = batchStatement(statement.text, ctx.parser, key.columns.length, key.types);
  await walkBatches(ctx, { migration, batch, statement, sent, key }, progress);
  ctx.killPoint("backfill-before-history");
  await finish(ctx, analysed, ctx.clock.now().getTime() - startedAt);
}

function isSameWork(progress: BackfillProgress, statement: AnalysedStatement, batch: Batch): boolean {
  const { table, key } = progress.batch;
  return progress.statement === statement.text && table === batch.table && key.join() === batch.key.join();
}

async function finish(ctx: RunContext, analysed: AnalysedMigration, durationMs: number): Promise<void> {
  const { migration } = analysed;
  const history = ctx.history.record({ migration, state: stateBeforeVerify(analysed), durationMs, ...ranBy(ctx) });
  await commitTogether(ctx.session, [history, forgetProgress(migration)]);
}
