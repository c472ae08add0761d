import { asNodes } from "../../ast.js";
import { mildInPlain } from "../mild-in-plain.js";
import { objectParts } from "../object-names.js";
import { isOwnTable } from "../own-tables.js";
import type { JudgedStatement, Rule, Violation } from "../rule.js";
import { isNewHere, printId } from "../statement-facts.js";

/** How long others wait for the drop is another rule's. */
export const dropIndex: Rule = {
  id: "drop-index",
  severity: "error",
  harm: "break",
  about: "drops an index that queries, or ON CONFLICT, need",
  kinds: ["DropStmt"],
  isContractsWork: true,
  check: (statement) => {
    const { fields, schema } = statement;
    if (fields["removeType"] !== "OBJECT_INDEX") return [];
    return asNodes(fields["objects"]).flatMap((object) =>
      judge(statement, schema.idOf(objectParts(object), schema.indexes)),
    );
  },
};

function judge(statement: JudgedStatement, id: string): Violation[] {
  const index = statement.schema.indexes.get(id);
  if (isNewHere(statement, index) || (index !== undefined && isOwnTable(statement, index.table))) return [];
  const name = printId(id);
  if (index === undefined) {
    // In a folder that shows its tables an index it never made is most likely not there.
    if (statement.fields["missing_ok"] === true && statement.schema.showsTables(statement.file.order)) return [];
    const message = `drops index ${name}, whose definition no file shows: ON CONFLICT may need it, and queries may become slow without it`;
    return [{ message }];
  }
  if (hasTwin(statement, id)) return [];
  const table = printId(index.table);
  const message = index.isUnique
    ? `drops unique index ${name}: ON CONFLICT (${index.columns.join(", ")}) of the release still running fails, and ${table} takes rows twice`
    : `drops index ${name}: queries of the release still running that needed it read all of ${table}`;
  return [{ message, ...(!index.isUnique && mildInPlain(statement)) }];
}

/** Another index on the same columns does all that this one did. */
function hasTwin({ schema }: JudgedStatement, id: string): boolean {
  const index = schema.indexes.get(id);
  if (index === undefined || index.isPartial || index.columns.includes(null)) return false;
  return schema
    .indexesOf(index.table)
    .some(
      (one) =>
        one.id !== id &&
        !one.isPartial &&
        one.columns.join() === index.columns.join() &&
        (one.isUnique || !index.isUnique),
    );
}
