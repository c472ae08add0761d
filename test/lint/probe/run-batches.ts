import type { Batch, Migration } from "../../../engine/core/migration.js";
import { runFile, type Run, type Stage } from "./run-file.js";

/** Few enough to count as no work through the whole table. */
const BATCH_ROWS = 40;

/** Runs a backfill batch by batch, each in a transaction of its own, as our runner does. */
export async function runBatches(stage: Stage, { body }: Migration, { table, key }: Batch): Promise<Run> {
  const columns = key.join(", ");
  const { rows } = await stage.watcher.query<{ from: string; to: string }>(
    `WITH numbered AS (SELECT ${columns}, (row_number() OVER (ORDER BY ${columns}) - 1) / ${BATCH_ROWS} AS batch FROM ${table})
     SELECT ${bound(key, "min")} AS from, ${bound(key, "max")} AS to FROM numbered GROUP BY batch ORDER BY batch`,
  );
  const transactions = [];
  for (const { from, to } of rows) {
    const sql = body.text.replaceAll(":from", from).replaceAll(":to", to);
    const run = await runFile(stage, sql, "whole");
    transactions.push(...run.transactions);
    if (run.failure !== undefined) return { transactions, failure: run.failure };
  }
  return { transactions };
}

/** The first or last key of a batch, as SQL literals. */
function bound(key: readonly string[], which: "min" | "max"): string {
  const order = which === "min" ? "ASC" : "DESC";
  return key
    .map(
      (column) =>
        `quote_literal((array_agg(${column}::text ORDER BY ${key.map((one) => `${one} ${order}`).join(", ")}))[1])`,
    )
    .join(" || ', ' || ");
}
