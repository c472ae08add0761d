import type { BatchTarget } from "../../core/batch-range.js";
import type { HoldfastError } from "../../core/errors.js";
import { grammarFault } from "../../core/grammar-fault.js";
import type { Migration } from "../../core/migration.js";
import type { Session } from "../../core/ports.js";
import { quoteIdentifier } from "../../core/quote-identifier.js";

/** The key a backfill walks by, as the catalog has it. */
export interface BackfillKey {
  readonly tableOid: string;
  /** As SQL. */
  readonly table: string;
  /** Quoted, in the order of `@batch`. */
  readonly columns: readonly string[];
  /** Their types as SQL, with length or precision: a bare `character` would cut values off. */
  readonly types: readonly string[];
  /** The planner's estimate; 0 where the table was never analysed. */
  readonly rowsEstimated: number;
}

/**
 * Looks the key up and makes sure that walking it meets every row once, and by an index.
 * @throws HoldfastError invalid_migration
 */
export async function findBackfillKey(
  session: Session,
  migration: Migration,
  { table, key }: BatchTarget,
): Promise<BackfillKey> {
  const refuse = (sentence: string, next: string): HoldfastError =>
    grammarFault(migration, batchOffset(migration), sentence, next);
  const [row] = await session.query(KEY, [table, migration.batch?.table ?? table, JSON.stringify(key)]);
  const name = migration.batch?.table ?? table;
  if (row?.["oid"] == null)
    throw refuse(
      `@batch names ${name}, which does not exist`,
      "Name the table as the statement does, or create it in an earlier file.",
    );
  if (row["is_table"] !== "t") throw refuse(`@batch names ${name}, which is not a table`, "Name the table itself.");
  if (row["is_target"] !== "t")
    throw refuse(
      `the statement works on another table than ${name} of @batch`,
      "Name the same table in both, with its schema.",
    );
  const columns = JSON.parse(row["columns"] ?? "[]") as KeyColumn[];
  const missing = columns.find(({ type }) => type === null);
  if (missing !== undefined)
    throw refuse(`${name} has no column ${missing.name}`, "Name columns of the table in key=.");
  const nullable = columns.find(({ is_not_null }) => is_not_null !== true);
  if (nullable !== undefined)
    throw refuse(
      `${nullable.name} may be NULL in ${name}: rows without it would be left out`,
      "Walk by a key that is NOT NULL in all its columns, as the primary key is.",
    );
  if (row["is_unique"] !== "t")
    throw refuse(
      `${key.join(", ")} is not unique in ${name}`,
      "Walk by the primary key, or by columns with a valid, not partial unique index.",
    );
  if (row["is_indexed"] !== "t")
    throw refuse(
      `no index of ${name} leads with ${key.join(", ")}: each batch would read the whole table`,
      "Name the columns in the order of a valid, not partial B-tree index, or create one first.",
    );
  return {
    tableOid: row["oid"],
    table: row["name"] ?? "",
    columns: key.map(quoteIdentifier),
    types: columns.map(({ type }) => type ?? ""),
    rowsEstimated: Number(row["rows"]),
  };
}

interface KeyColumn {
  readonly name: string;
  readonly type: string | null;
  readonly is_not_null: boolean | null;
}

function batchOffset({ text }: Migration): number {
  return Math.max(0, text.search(/^[ \t]*--[ \t]*@batch/m));
}

/**
 * An index leads with the key where its first columns are the key's, all in one direction, compared as the columns
 * themselves are (default operator class, same collation): only then BETWEEN and ORDER BY use it.
 */
const KEY = `
WITH RECURSIVE target AS (
  SELECT t.*, to_regclass($2) = t.oid AS is_target FROM pg_class t WHERE t.oid = to_regclass($1)
), parts AS (
  SELECT oid, reltuples FROM target
  UNION ALL SELECT c.oid, c.reltuples FROM parts p JOIN pg_inherits h ON h.inhparent = p.oid JOIN pg_class c ON c.oid = h.inhrelid
), key AS (
  SELECT k.position, k.name, a.attnum, a.attnotnull, format_type(a.atttypid, a.atttypmod) AS type
  FROM jsonb_array_elements_text($3::jsonb) WITH ORDINALITY AS k(name, position)
  LEFT JOIN target t ON true
  LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = k.name AND a.attnum > 0 AND NOT a.attisdropped
), wanted AS (
  SELECT array_agg(attnum::int ORDER BY position) AS attnums, count(*)::int AS width FROM key
), usable AS (
  SELECT i.* FROM pg_index i JOIN target t ON t.oid = i.indrelid WHERE i.indisvalid AND i.indpred IS NULL
)
SELECT t.oid::text AS oid, t.oid::regclass::text AS name, t.relkind IN ('r', 'p') AS is_table, t.is_target,
  (SELECT coalesce(sum(greatest(reltuples, 0)), 0)::bigint::text FROM parts) AS rows,
  (SELECT jsonb_agg(jsonb_build_object('name', name, 'type', type, 'is_not_null', attnotnull) ORDER BY position)::text FROM key) AS columns,
  EXISTS (SELECT FROM usable i, wanted w WHERE i.indisunique AND i.indexprs IS NULL
    AND (i.indkey::int2[])[0:i.indnkeyatts - 1]::int[] <@ w.attnums) AS is_unique,
  EXISTS (SELECT FROM usable i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam AND m.amname = 'btree', wanted w
    WHERE i.indnkeyatts >= w.width AND (i.indkey::int2[])[0:w.width - 1]::int[] = w.attnums
      AND NOT EXISTS (
        SELECT FROM generate_series(0, w.width - 1) AS s
        JOIN pg_opclass o ON o.oid = i.indclass[s]
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[s]
        WHERE NOT o.opcdefault OR i.indcollation[s] <> a.attcollation
          OR i.indoption[s] <> i.indoption[0] OR i.indoption[0] NOT IN (0, 3))) AS is_indexed
FROM target t`;
