import { findPlaceholders, type Placeholder } from "./placeholders.js";
import type { SqlParser } from "./ports.js";

/** A backfill's statement as it is sent: typed parameters in place of `:from` and `:to`. */
export interface BatchStatement {
  /** `:from` is $1 … $n, `:to` is $n+1 … $2n, for a key of n columns. */
  readonly sql: string;
  /** The offset in the file's own statement of an offset in `sql`; both in UTF-16 units. */
  readonly originalOffset: (offset: number) => number;
}

/**
 * @param types of the key's columns, as SQL. Unset: parameters without a type, for the parser only
 */
export function batchStatement(
  text: string,
  parser: Pick<SqlParser, "scan">,
  columns: number,
  types?: readonly string[],
): BatchStatement {
  const placeholders = findPlaceholders(text, parser);
  const parameters = ({ name }: Placeholder): string =>
    Array.from({ length: columns }, (_, index) => {
      const type = types?.[index];
      return `$${index + 1 + (name === "to" ? columns : 0)}${type === undefined ? "" : `::${type}`}`;
    }).join(", ");
  let sql = "";
  let position = 0;
  const shifts: { readonly from: number; readonly to: number; readonly original: Placeholder }[] = [];
  for (const original of placeholders) {
    sql += text.slice(position, original.offset);
    const from = sql.length;
    sql += parameters(original);
    shifts.push({ from, to: sql.length, original });
    position = original.end;
  }
  sql += text.slice(position);
  return {
    sql,
    originalOffset: (offset) => {
      const last = shifts.filter(({ from }) => from <= offset).at(-1);
      if (last === undefined) return offset;
      return offset < last.to ? last.original.offset : offset - last.to + last.original.end;
    },
  };
}
