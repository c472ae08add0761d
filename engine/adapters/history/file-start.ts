import { ENGINE_SCHEMA } from "../../core/engine-tables.js";
import type { StartKeeper } from "../../core/file-start.js";
import { ServerError, type PipelineStep, type RecordedMigration, type Session } from "../../core/ports.js";

/** Where the next record of the WAL will begin, also of commits that are not flushed yet. */
const POSITION = "pg_current_wal_insert_lsn()";
const SETTING = "holdfast.file_start";
const ROW = `${ENGINE_SCHEMA}.file_start`;

/** Aurora, which has no WAL of this kind, may refuse. Asked by itself: an error takes its transaction along. */
export async function tellsPosition(session: Session): Promise<boolean> {
  try {
    await session.query(`SELECT ${POSITION}`);
    return true;
  } catch (error) {
    if (error instanceof ServerError) return false;
    throw error;
  }
}

/** The position is taken before the statement itself writes anything. */
export function markStart(keeper: StartKeeper): PipelineStep {
  // With values, though none: it is the engine's own, and in a pipeline parsed once.
  if (keeper === "setting") return { sql: `SELECT set_config('${SETTING}', ${POSITION}::text, true)`, values: [] };
  return {
    sql: `INSERT INTO ${ROW} (lsn) VALUES (${POSITION}) ON CONFLICT (only_row) DO UPDATE SET lsn = excluded.lsn`,
  };
}

/** Expressions for the columns of a history row. */
export interface StartColumns {
  readonly duration: string;
  readonly startedAt: string;
  readonly startedLsn: string;
}

export function startOf(start: RecordedMigration["start"], hasPosition: boolean): StartColumns {
  const position = (sql: string): string => (hasPosition ? sql : "NULL");
  switch (start) {
    case undefined:
      return { duration: "NULL", startedAt: "NULL", startedLsn: "NULL" };
    case "now":
      return { duration: "NULL", startedAt: "clock_timestamp()", startedLsn: position(POSITION) };
    case "setting":
      // Empty where a trigger of the application has reset it: better none than a wrong one.
      return inTransaction(position(`nullif(current_setting('${SETTING}', true), '')::pg_lsn`));
    case "row":
      return inTransaction(position(`(SELECT lsn FROM ${ROW})`));
  }
}

function inTransaction(startedLsn: string): StartColumns {
  const duration = "(extract(epoch FROM clock_timestamp() - transaction_timestamp()) * 1000)::bigint";
  return { duration, startedAt: "transaction_timestamp()", startedLsn };
}
