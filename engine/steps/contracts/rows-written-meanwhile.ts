import type { Session } from "../../core/ports.js";
import { quoteIdentifier } from "../../core/quote-identifier.js";
import type { ColumnFacts } from "../../core/retired-object.js";
import { readObjects } from "./contract-journal.js";
import { listRows, type ListedRows } from "./list-rows.js";

export interface WrittenMeanwhile {
  /** `public.users.name` */
  readonly column: string;
  /** Rows inserted or changed while the column was retired: their value may be missing or out of date. */
  readonly written: ListedRows;
  /** Those of them that have no value. */
  readonly withoutValue: ListedRows;
}

/**
 * A row's xmin has 32 bits; the epoch is the snapshot's, or the one before where that would lie ahead (PostgreSQL manual,
 * 8.19 and 9.27.12, pg_snapshot). Numbers below 3 are no transactions.
 */
const WRITER = `(SELECT CASE WHEN full_id > now_id THEN full_id - 4294967296 ELSE full_id END::text::xid8 FROM (
  SELECT (now_id / 4294967296) * 4294967296 + xmin::text::bigint AS full_id, now_id
  FROM (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS now_id) n) x)`;

/** Of each column a contract retired and undo brought back: the rows written in between. */
export async function rowsWrittenMeanwhile(
  session: Session,
  version: string,
  tableOf: (column: ColumnFacts) => string,
): Promise<WrittenMeanwhile[]> {
  const found: WrittenMeanwhile[] = [];
  for (const { kind, facts, object } of await readObjects(session, version)) {
    if (kind !== "column" || facts.undone === undefined) continue;
    const written = `xmin::text::bigint >= 3 AND NOT pg_visible_in_snapshot(${WRITER}, '${facts.snapshot}')
      AND pg_visible_in_snapshot(${WRITER}, '${facts.undone}')`;
    const table = tableOf(facts);
    found.push({
      column: object,
      written: await listRows(session, table, written),
      withoutValue: await listRows(session, table, `${quoteIdentifier(facts.column)} IS NULL AND ${written}`),
    });
  }
  return found;
}
