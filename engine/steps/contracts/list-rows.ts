import type { Session } from "../../core/ports.js";

/** Rows by their keys, for people to look at; never more than this many. */
export const LISTED_ROWS = 20;

export interface ListedRows {
  readonly count: number;
  /** The first ones, by primary key, else by their place in the table: `id=5`. Row values: for a terminal only. */
  readonly keys: readonly string[];
}

const KEY = `SELECT format('%I', a.attname) AS name FROM pg_index i
  JOIN unnest(i.indkey::int2[]) WITH ORDINALITY k (number, place) ON true
  JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
  WHERE i.indrelid = to_regclass($1) AND i.indisprimary AND k.place <= i.indnkeyatts ORDER BY k.place`;

/**
 * Counts and lists the rows of a table for which a condition is true. Reads the whole table, under no lock that stops anybody.
 * @param table as SQL; the condition may name its columns qualified by it
 */
export async function listRows(session: Session, table: string, condition: string): Promise<ListedRows> {
  const columns = (await session.query(KEY, [table])).flatMap(({ name }) => name ?? []);
  const parts =
    columns.length === 0 ? ["'at ' || ctid"] : columns.map((name) => `'${name.replaceAll("'", "''")}=' || ${name}`);
  const [row] = await session.query(
    `SELECT count(*) AS count, json_agg(key) FILTER (WHERE place <= ${LISTED_ROWS}) AS keys
     FROM (SELECT concat_ws(', ', ${parts.join(", ")}) AS key, row_number() OVER () AS place FROM ${table} WHERE ${condition}) listed`,
  );
  return { count: Number(row?.["count"] ?? 0), keys: JSON.parse(row?.["keys"] ?? "[]") as string[] };
}
