import { asFields, asNodes, asText } from "../ast.js";
import { liveTable } from "../lint/live-table.js";
import type { JudgedStatement } from "../lint/rule.js";
import { isNewHere, sqlIdentifier } from "../lint/statement-facts.js";
import { constantFill } from "./constant-fill.js";
import { batchWalk, NO_KEY } from "./batch-key.js";
import type { Fixer } from "./fix-step.js";
import { ownName } from "./required-column.js";

/** UPDATE of columns that the same file adds: a backfill of its own. What would overwrite old values is nobody's to rewrite. */
export const fixUpdate: Fixer = (statement) => {
  const { fields, schema, text } = statement;
  const live = liveTable(statement, schema.tableId(fields["relation"]));
  const columns = asNodes(fields["targetList"]).map((node) => asText(asFields(node["ResTarget"])["name"]));
  if (live === undefined || fields["whereClause"] !== undefined || fields["fromClause"] !== undefined) {
    return "its condition has to be joined with the batch's by a person";
  }
  if (!columns.every((column) => isAddedHere(statement, live.id, column))) return "it overwrites values that are there";
  const walk = batchWalk(live);
  if (walk === undefined) return NO_KEY;
  // The release still running does not write the column: what it inserts must have the value, too.
  const defaults = columns.flatMap((column) => {
    const value = constantFill(statement, live.id, column);
    return value === undefined
      ? []
      : `ALTER TABLE ${live.sql} ALTER COLUMN ${sqlIdentifier(column)} SET DEFAULT ${value};`;
  });
  const isEmpty = columns.map((column) => `${sqlIdentifier(column)} IS NULL`).join(" AND ");
  return {
    ...(defaults.length > 0 && { inPlace: defaults.join("\n") }),
    later: [
      {
        phase: "backfill",
        why: "the rows that were there before the column",
        description: `fill ${ownName(live, ...columns)}`,
        batch: walk.tag,
        body: `${text}\nWHERE ${isEmpty} AND ${walk.condition};`,
        rollback: "restore the values go away with the column",
      },
    ],
  };
};

function isAddedHere(statement: JudgedStatement, table: string, column: string): boolean {
  return isNewHere(statement, statement.schema.tables.get(table)?.columns.get(column));
}
