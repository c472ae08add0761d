import { indexFamily } from "./cast-cost.js";
import type { LiveTable } from "./live-table.js";
import type { Constraint } from "./schema/objects.js";
import type { Schema } from "./schema/schema.js";
import { printId } from "./statement-facts.js";
import type { TypeChange } from "./type-change.js";

/**
 * The indexes that a change of a column's type builds anew although the table itself stays: those whose order changes, and those
 * with expressions or a WHERE, which PostgreSQL does not compare (its source, CheckIndexCompatible).
 */
export function rebuiltIndexes(change: TypeChange, { id, table }: LiveTable, schema: Schema): string[] {
  const { column, from, to } = change;
  const hasOtherOrder = from !== undefined && indexFamily(from.type, schema) !== indexFamily(to, schema);
  const isRebuilt = hasOtherOrder || hasOtherCollation(change);
  const indexes = schema.indexesOf(id).filter(({ columns, named, isPartial }) => {
    const isBeyond = isPartial || columns.includes(null);
    return columns.includes(column) ? isBeyond || isRebuilt : isBeyond && named.includes(column);
  });
  const constraints = [...(table?.constraints.values() ?? [])].filter(
    ({ kind, columns }) => columns.includes(column) && (kind === "exclusion" || (isRebuilt && isUnique(kind))),
  );
  return [...indexes.map((index) => printId(index.id)), ...constraints.map(({ name }) => name)];
}

/** Without a COLLATE clause a column takes its new type's own. */
export function hasOtherCollation({ from, collation }: TypeChange): boolean {
  return from !== undefined && (collation ?? "default") !== (from.collation ?? "default");
}

function isUnique(kind: Constraint["kind"]): boolean {
  return kind === "unique" || kind === "primary key";
}
