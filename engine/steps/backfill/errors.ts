import type { AnalysedStatement } from "../../core/analysed-migration.js";
import type { BatchStatement } from "../../core/batch-statement.js";
import { HoldfastError } from "../../core/errors.js";
import type { Migration } from "../../core/migration.js";
import { ServerError } from "../../core/ports.js";
import { pointAt } from "../../core/source-location.js";
import { statementFailed } from "../../core/statement-failed.js";
import type { BatchBounds } from "./find-bounds.js";

/** The statement failed on a batch: where in the file, and (for a terminal only) between which keys. */
export function batchFailed(
  work: { readonly migration: Migration; readonly statement: AnalysedStatement; readonly sent: BatchStatement },
  error: ServerError,
  bounds: BatchBounds,
  rowsDone: number,
): HoldfastError {
  const failed = statementFailed(work.migration, work.statement, inTheFile(error, work.sent), true);
  const range = `The batch holds the keys from (${bounds.from.join(", ")}) to (${bounds.to.join(", ")}).`;
  const { detail } = failed.details;
  return new HoldfastError(
    failed.code,
    failed.message,
    {
      ...failed.details,
      detail: detail === undefined ? range : `${detail}\n${range}`,
      next:
        rowsDone === 0
          ? "No batch of it stayed. Correct it, or the rows it met, then deploy again."
          : `The ${rowsDone} rows of the batches before it stay done. Correct the rows it met, then deploy again: it goes on behind them.`,
    },
    { cause: error },
  );
}

/** The server counts in the text with parameters; the user reads the one with placeholders. */
function inTheFile(error: ServerError, sent: BatchStatement): ServerError {
  const { position } = error.fields;
  if (position === undefined) return error;
  const offset = Array.from(sent.sql)
    .slice(0, position - 1)
    .join("").length;
  const original = sent.originalOffset(offset);
  return new ServerError(error.message, error.sqlState, { ...error.fields, position: original + 1 }, { cause: error });
}

/** Rows before and behind the change would differ. */
export function editedHalfway(migration: Migration, statement: AnalysedStatement, rowsDone: number): HoldfastError {
  const place = pointAt(migration, statement.offset);
  const { line, column } = place.location;
  const what = `the half-run backfill was changed after it had done ${rowsDone} rows`;
  return new HoldfastError("checksum_mismatch", `${migration.path}:${line}:${column}: ${what}.`, {
    ...place,
    next: "Put its statement and its @batch table= and key= back as they were deployed (your version control has them).\nWrite what should differ as a new backfill behind it.",
  });
}

export function stoppedAfterBatch(migration: Migration, rowsDone: number, rowsEstimated: number): HoldfastError {
  const of = rowsEstimated > rowsDone ? ` of about ${rowsEstimated}` : "";
  return new HoldfastError(
    "interrupted",
    `${migration.path} was stopped after ${rowsDone}${of} rows, which stay done.`,
    {
      next: "Deploy again: it goes on behind them.",
    },
  );
}
