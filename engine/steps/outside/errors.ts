import type { AnalysedStatement } from "../../core/analysed-migration.js";
import { HoldfastError } from "../../core/errors.js";
import type { Migration } from "../../core/migration.js";
import { ServerError } from "../../core/ports.js";
import { pointAt } from "../../core/source-location.js";
import { statementFailed } from "../../core/statement-failed.js";
import type { JournalRow } from "./journal.js";

export interface Standing {
  readonly migration: Migration;
  readonly statement: AnalysedStatement;
  /** From 0: as many statements before it are finished. */
  readonly position: number;
  readonly count: number;
  readonly isStopped: boolean;
}

/** query_canceled */
const CANCELED = "57014";

/** An error of one statement, told with its place, what of the file stays, and how it goes on. Others pass as they are. */
export function whereItStands(error: unknown, standing: Standing): unknown {
  const { migration, statement, position, count, isStopped } = standing;
  if (error instanceof ServerError && error.sqlState === CANCELED && isStopped) {
    return stoppedBetween(migration, position, count);
  }
  if (error instanceof ServerError) {
    const failed = statementFailed(migration, statement, error, true);
    const details = { ...failed.details, hint: hintOf(failed, standing), next: nextOf(standing) };
    return new HoldfastError(failed.code, failed.message, details, { cause: error });
  }
  if (!(error instanceof HoldfastError)) return error;
  const details = { ...pointAt(migration, statement.offset), ...error.details, hint: hintOf(error, standing) };
  const { line, column } = details.location;
  const where = error.code === "statement_failed" ? `${migration.path}:${line}:${column}: ` : "";
  return new HoldfastError(error.code, `${where}${error.message}`, details, { cause: error });
}

function hintOf({ details }: HoldfastError, { position, count }: Standing): string {
  const stays =
    position === 0 ? `None of its ${count} statements is finished.` : `${finished(position, count)} and stay so.`;
  return details.hint === undefined ? stays : `${details.hint}\n${stays}`;
}

function nextOf({ position }: Standing): string {
  const from =
    position === 0 ? "The file may still be edited" : `The file may be edited from statement ${position + 1} on`;
  return `${from}: correct it, or the data it met, then deploy again.`;
}

function finished(position: number, count: number): string {
  return `${position} of its ${count} statements ${position === 1 ? "is" : "are"} finished`;
}

export function stoppedBetween(migration: Migration, position: number, count: number): HoldfastError {
  return new HoldfastError("interrupted", `${migration.path} was stopped: ${finished(position, count)}.`, {
    next: "Deploy again: it goes on behind them.",
  });
}

/** A half-run file may be changed only behind its last finished statement. */
export function editedTooEarly(
  migration: Migration,
  row: JournalRow,
  statement: AnalysedStatement | undefined,
): HoldfastError {
  const place = pointAt(migration, statement?.offset ?? migration.body.offset);
  const { line, column } = place.location;
  return new HoldfastError(
    "checksum_mismatch",
    `${migration.path}:${line}:${column}: statement ${row.position + 1} of the half-run file was changed after it had run.`,
    {
      ...place,
      next: `Put statement ${row.position + 1} back as it was deployed (your version control has it).\nWhat stands behind the last finished statement may be changed.`,
    },
  );
}
