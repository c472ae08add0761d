import type { Migration } from "../../core/migration.js";
import type { Row, Session } from "../../core/ports.js";
import type { BackfillKey } from "./find-key.js";

/** A key's values, as the server spells them. They never become numbers or dates. */
export type KeyValues = readonly string[];

/** The rows of one batch: two keys that exist, both inclusive. */
export interface BatchBounds {
  readonly from: KeyValues;
  readonly to: KeyValues;
  readonly rows: number;
  /** Behind it there was no row when it was looked up. */
  readonly isLast: boolean;
  /** Clients that waited for the row locks of the batch before it when that ended. */
  readonly clientsWaiting: number;
}

export interface BoundsRequest {
  readonly migration: Migration;
  readonly key: BackfillKey;
  /** The last key that is done; null: from the start. */
  readonly after: KeyValues | null;
  /** Rows. */
  readonly size: number;
}

/** The next batch; undefined where no row is left. */
export async function findBounds(session: Session, request: BoundsRequest): Promise<BatchBounds | undefined> {
  const { migration, key, after, size } = request;
  const values = after ?? [];
  const found = await session.query(boundsSql(key, values.length, size), [...values, migration.version]);
  const [from, to] = readKeys(found, key);
  if (from === undefined) return undefined;
  const clientsWaiting = Number(found[0]?.["waiting"] ?? 0);
  if (to !== undefined) return { from, to, rows: size, isLast: false, clientsWaiting };
  // Fewer than a batch are left.
  const tail = await session.query(tailSql(key, values.length), values);
  const [last] = readKeys(tail, key);
  return last && { from, to: last, rows: Number(tail[0]?.["rows"]), isLast: true, clientsWaiting };
}

function readKeys(rows: readonly Row[], { columns }: BackfillKey): KeyValues[] {
  return rows.map((row) => columns.map((_, index) => row[`k${index}`] ?? ""));
}

/** The first key, and the one `size - 1` behind it: only the index is read. */
function boundsSql(key: BackfillKey, startValues: number, size: number): string {
  const waiting = `SELECT clients_waiting FROM holdfast.backfill_progress WHERE version = $${startValues + 1}`;
  const walk = `FROM ${key.table}${behind(key, startValues)} ORDER BY ${key.columns.join(", ")} LIMIT 1`;
  return `(SELECT ${keyList(key)}, (${waiting}) AS waiting ${walk}) UNION ALL (SELECT ${keyList(key)}, NULL ${walk} OFFSET ${size - 1})`;
}

function tailSql(key: BackfillKey, startValues: number): string {
  const rest = `FROM ${key.table}${behind(key, startValues)}`;
  const backwards = key.columns.map((column) => `${column} DESC`).join(", ");
  return `SELECT ${keyList(key)}, (SELECT count(*) ${rest}) AS rows ${rest} ORDER BY ${backwards} LIMIT 1`;
}

function keyList({ columns }: BackfillKey): string {
  return columns.map((column, index) => `${column} AS k${index}`).join(", ");
}

function behind({ columns, types }: BackfillKey, startValues: number): string {
  if (startValues === 0) return "";
  const start = types.map((type, index) => `$${index + 1}::${type}`);
  return ` WHERE (${columns.join(", ")}) > (${start.join(", ")})`;
}
