import type { Fields } from "../ast.js";
import type { LiveTable } from "./live-table.js";
import type { JudgedStatement } from "./rule.js";
import { readConstraint } from "./schema/read-constraint.js";
import { placeIn, seenTable } from "./schema/replay-create.js";

/** The name a constraint has or PostgreSQL gives it, and its columns. */
export function namedConstraint(
  fields: Fields,
  { schema, file }: JudgedStatement,
  { id }: LiveTable,
  column?: string,
): { readonly name: string; readonly columns: readonly string[] } {
  const table = seenTable(id, schema, { file: file.order, isCertain: false });
  return readConstraint(fields, placeIn(table, schema, column)) ?? { name: "", columns: [] };
}
