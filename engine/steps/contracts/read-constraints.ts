import type { ConstraintFacts } from "../../core/retired-object.js";
import type { Row, Session } from "../../core/ports.js";
import { dottedName, quoteIdentifier } from "../../core/quote-identifier.js";

const CONSTRAINTS = `
SELECT k.oid, n.nspname AS schema, c.relname AS table, k.conname AS name, k.contype AS type, k.convalidated AS validated,
  pg_get_constraintdef(k.oid) AS definition, k.conkey AS columns,
  CASE WHEN k.contype = 'c' THEN pg_get_expr(k.conbin, k.conrelid) END AS condition,
  CASE WHEN k.contype IN ('p', 'u') THEN pg_get_indexdef(k.conindid) END AS index,
  (SELECT relname FROM pg_class WHERE oid = k.conindid) AS index_name,
  CASE WHEN k.contype IN ('p', 'u', 'x') THEN k.conindid::regclass::text END AS key_index,
  CASE WHEN k.confrelid <> 0 THEN k.confrelid::regclass::text END AS points_to,
  cardinality(k.conkey) AS width, k.conparentid <> 0 AS inherited, c.relkind = 'p' AS partitioned,
  (SELECT string_agg(format('%I', a.attname), ',' ORDER BY x.place)
     FROM unnest(k.conkey) WITH ORDINALITY x (number, place)
     JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = x.number) AS own_columns,
  (SELECT string_agg(format('%I', a.attname), ',' ORDER BY x.place)
     FROM unnest(k.confkey) WITH ORDINALITY x (number, place)
     JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = x.number) AS their_columns
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.conrelid = $1::oid`;

/** A constraint with what only matters while it is being dropped. */
export interface ReadConstraint {
  readonly facts: ConstraintFacts;
  readonly oid: string;
  /** The table a foreign key points to, which is locked with it. */
  readonly pointsTo: string | null;
  /** The index of a key. */
  readonly keyIndex: string | null;
  /** How many columns it names. */
  readonly width: number;
  /** It is a partition's part of its parent's constraint, and cannot be dropped by itself. */
  readonly isInherited: boolean;
}

/** CHECKs and outgoing foreign keys that name a column. */
export async function constraintsOfColumn(
  session: Session,
  table: string,
  attribute: string,
): Promise<ReadConstraint[]> {
  const rows = await session.query(
    `${CONSTRAINTS} AND $2::int2 = ANY (k.conkey) AND k.contype IN ('c', 'f') ORDER BY k.conname`,
    [table, attribute],
  );
  return rows.map(readConstraint);
}

/** Foreign keys by which a table points to other ones. */
export async function outgoingForeignKeys(session: Session, table: string): Promise<ReadConstraint[]> {
  const rows = await session.query(
    `${CONSTRAINTS} AND k.contype = 'f' AND k.confrelid <> k.conrelid ORDER BY k.conname`,
    [table],
  );
  return rows.map(readConstraint);
}

/** @param table its name as SQL, resolved by search_path */
export async function constraintByName(
  session: Session,
  table: string,
  name: string,
): Promise<ReadConstraint | undefined> {
  const [found] = await session.query("SELECT to_regclass($1)::oid::text AS oid", [table]);
  if (!found?.["oid"]) return undefined;
  const [row] = await session.query(`${CONSTRAINTS} AND k.conname = $2`, [found["oid"], name]);
  return row && readConstraint(row);
}

function readConstraint(row: Row): ReadConstraint {
  const [schema, table] = [row["schema"] ?? "", row["table"] ?? ""];
  const facts: ConstraintFacts = {
    ...{ schema, table, name: row["name"] ?? "", type: row["type"] ?? "", definition: row["definition"] ?? "" },
    isValidated: isTrue(row["validated"]),
    ...(isTrue(row["partitioned"]) && { isPartitioned: true }),
    broken: brokenBy(row, dottedName([schema, table])),
    // An index is always in the schema of its table.
    index: row["index"] == null ? null : { schema, name: row["index_name"] ?? "", definition: row["index"] },
  };
  return {
    facts,
    oid: row["oid"] ?? "",
    pointsTo: row["points_to"] ?? null,
    keyIndex: row["key_index"] ?? null,
    width: Number(row["width"]),
    isInherited: isTrue(row["inherited"]),
  };
}

/** The server prints booleans as `t` and `f`, in text and inside a cast as whole words. */
export function isTrue(value: string | null | undefined): boolean {
  return value === "t" || value === "true";
}

function brokenBy(row: Row, table: string): string | null {
  if (row["condition"] != null) return `NOT (${row["condition"]})`;
  const [own, theirs] = [row["own_columns"]?.split(",") ?? [], row["their_columns"]?.split(",") ?? []];
  if (row["type"] !== "f" || row["points_to"] == null) return null;
  const required = own.map((column) => `${table}.${column} IS NOT NULL`).join(" AND ");
  const match = own.map((column, index) => `other.${theirs[index] ?? ""} = ${table}.${column}`).join(" AND ");
  return `${required} AND NOT EXISTS (SELECT FROM ${row["points_to"]} other WHERE ${match})`;
}

/** Drops it from the table it is on. */
export function dropConstraint({ facts: { schema, table, name } }: ReadConstraint): string {
  return `ALTER TABLE ${dottedName([schema, table])} DROP CONSTRAINT ${quoteIdentifier(name)}`;
}
