import { asFields, asNodes, asText, fieldsOf, kindOf } from "../../ast.js";
import { droppedIndexes } from "../dropped-indexes.js";
import type { JudgedStatement, Rule } from "../rule.js";
import type { Index } from "../schema/objects.js";
import { printId, sqlName } from "../statement-facts.js";

export const replaceIndexOrder: Rule = {
  id: "replace-index-order",
  severity: "warning",
  harm: "stall",
  about: "drops an index before the one that takes its place is there",
  kinds: ["DropStmt"],
  check: (statement) => {
    // In one transaction nobody sees what is in between.
    if (statement.transaction.isBlock) return [];
    return droppedIndexes(statement).flatMap(({ id, index }) => {
      if (index === undefined || !isBuiltLater(index, statement)) return [];
      const message = `drops index ${printId(id)} before the one that takes its place is built: until then queries of ${printId(index.table)} read the whole table`;
      const fix = `-- behind the CREATE INDEX, which needs another name:\nDROP INDEX CONCURRENTLY ${sqlName(id)};`;
      return [{ message, fix }];
    });
  },
};

/** On the same table, with the same first column. */
function isBuiltLater({ table, columns }: Index, { statements, index, schema }: JudgedStatement): boolean {
  return statements.slice(index + 1).some((node) => {
    const fields = fieldsOf(node);
    if (kindOf(node) !== "IndexStmt" || schema.tableId(fields["relation"]) !== table) return false;
    const first = asText(asFields(asNodes(fields["indexParams"])[0]?.["IndexElem"])["name"]);
    return first !== "" && first === columns[0];
  });
}
