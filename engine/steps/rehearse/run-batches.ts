import type { AnalysedMigration } from "../../core/analysed-migration.js";
import { readBatchTarget } from "../../core/batch-range.js";
import { batchStatement } from "../../core/batch-statement.js";
import { HoldfastError } from "../../core/errors.js";
import { ServerError } from "../../core/ports.js";
import type { Observation } from "../../core/rehearsal/probe.js";
import { statementFailed } from "../../core/statement-failed.js";
import { findBounds, type KeyValues } from "../backfill/find-bounds.js";
import { findBackfillKey } from "../backfill/find-key.js";
import { seen, type ObservedStatement } from "./observe-statement.js";
import type { Rehearsal } from "./rehearsal.js";
import { takeProbe } from "./take-probe.js";

/**
 * Runs a backfill batch by batch, each a transaction as in a deploy. All batches lock alike, so the first one is looked at.
 * @throws HoldfastError invalid_migration, statement_failed
 */
export async function observeBatches(rehearsal: Rehearsal, analysed: AnalysedMigration): Promise<ObservedStatement> {
  const { session } = rehearsal.database;
  const { migration } = analysed;
  const [statement] = analysed.statements;
  const { batch } = migration;
  // The grammar holds both.
  if (statement === undefined || batch === undefined) throw new Error(`${migration.name} is no backfill`);
  const target = readBatchTarget(migration, batch, statement, rehearsal.ctx.parser);
  if (target instanceof HoldfastError) throw target;
  const key = await findBackfillKey(session, migration, target);
  const { sql } = batchStatement(statement.text, rehearsal.ctx.parser, key.columns.length, key.types);
  let [observation, rows, durationMs, after]: [Observation, number, number, KeyValues | null] = [NOTHING, 0, 0, null];
  for (;;) {
    const bounds = await findBounds(session, { migration, key, after, size: batch.size });
    if (bounds === undefined) break;
    await session.execute("BEGIN");
    if (rehearsal.isThrowAway) await session.execute("SET LOCAL enable_seqscan = off");
    const before = await takeProbe(session);
    const startedAt = rehearsal.stopwatch();
    try {
      rows += await session.execute(sql, [...bounds.from, ...bounds.to]);
    } catch (error) {
      throw error instanceof ServerError ? statementFailed(migration, statement, error, false) : error;
    }
    durationMs += rehearsal.stopwatch() - startedAt;
    if (after === null) observation = seen(statement, before.relations, before, await takeProbe(session));
    await session.execute("COMMIT");
    after = bounds.to;
  }
  const { line, column } = statement;
  return { statement: { line, column, ...observation, durationMs, rows }, contradictions: [] };
}

const NOTHING: Observation = { locks: [], rewrites: [], scans: [] };
