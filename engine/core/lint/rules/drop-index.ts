import { droppedIndexes } from "../dropped-indexes.js";
import type { JudgedStatement, Rule, Violation } from "../rule.js";
import type { Index } from "../schema/objects.js";
import { printId } from "../statement-facts.js";

/** Of another tool's folder nothing says which release still runs: there only what makes writes fail counts. */
export const dropIndex: Rule = {
  id: "drop-index",
  severity: "error",
  harm: "break",
  about: "drops an index that the release still running may need",
  kinds: ["DropStmt"],
  isContractsWork: true,
  check: (statement) =>
    droppedIndexes(statement).flatMap(({ id, index }): Violation[] => {
      if (index !== undefined && hasTwin(index, statement)) return [];
      if (index?.isUnique === true) return [{ message: brokenConflicts(index) }];
      if (statement.file.manner === "plain") return [];
      const of = index === undefined ? "" : ` of ${printId(index.table)}`;
      const message = `drops index ${printId(id)}${of}: queries of the release still running that use it read the whole table`;
      return [{ message }];
    }),
};

function brokenConflicts({ id, table, columns }: Index): string {
  const names = columns.map((column) => column ?? "…").join(", ");
  return `drops unique index ${printId(id)} of ${printId(table)}: doubles can be written, and ON CONFLICT (${names}) of the release still running fails`;
}

/** Another index of the same columns does the same work. */
function hasTwin(index: Index, { schema }: JudgedStatement): boolean {
  return schema
    .indexesOf(index.table)
    .some(
      (other) =>
        other.id !== index.id &&
        other.columns.join() === index.columns.join() &&
        !other.columns.includes(null) &&
        other.isUnique === index.isUnique &&
        !other.isPartial &&
        !index.isPartial,
    );
}
