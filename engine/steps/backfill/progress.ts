import type { Batch, Migration } from "../../core/migration.js";
import type { PipelineStep, Session } from "../../core/ports.js";
import type { KeyValues } from "./find-bounds.js";

/** How far a backfill is. Committed with the batch it tells of. */
export interface BackfillProgress {
  /** The statement as it was run, with its placeholders. */
  readonly statement: string;
  readonly batch: Pick<Batch, "table" | "key">;
  /** The last key that is done. */
  readonly lastKey: KeyValues;
  readonly rowsDone: number;
  /** For the next batch. */
  readonly batchSize: number;
}

/** Null for a backfill that has not done a batch. */
export async function readProgress(session: Session, { version }: Migration): Promise<BackfillProgress | null> {
  const [row] = await session.query(
    "SELECT statement, batch, last_key, rows_done, batch_size FROM holdfast.backfill_progress WHERE version = $1",
    [version],
  );
  if (row === undefined) return null;
  return {
    statement: row["statement"] ?? "",
    batch: JSON.parse(row["batch"] ?? "{}") as BackfillProgress["batch"],
    lastKey: JSON.parse(row["last_key"] ?? "[]") as string[],
    rowsDone: Number(row["rows_done"]),
    batchSize: Number(row["batch_size"]),
  };
}

/** Stands behind the batch in its transaction, so it also sees who waits for the row locks of this very transaction. */
export function recordProgress({ version }: Migration, progress: BackfillProgress): PipelineStep {
  const { statement, batch, lastKey, rowsDone, batchSize } = progress;
  return {
    sql: `INSERT INTO holdfast.backfill_progress
        (version, statement, batch, last_key, rows_done, batch_size, clients_waiting)
      VALUES ($1, $2, $3::jsonb, $4::jsonb, $5::bigint, $6::int, (SELECT count(*) FROM pg_locks
        WHERE NOT granted AND locktype = 'transactionid' AND transactionid = pg_current_xact_id()::xid))
      ON CONFLICT (version) DO UPDATE SET last_key = excluded.last_key, rows_done = excluded.rows_done,
        batch_size = excluded.batch_size, clients_waiting = excluded.clients_waiting, updated_at = now()`,
    values: [version, statement, JSON.stringify(batch), JSON.stringify(lastKey), String(rowsDone), String(batchSize)],
  };
}

export function forgetProgress({ version }: Migration): PipelineStep {
  return { sql: "DELETE FROM holdfast.backfill_progress WHERE version = $1", values: [version] };
}
