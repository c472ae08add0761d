import { asFields, asText, asTexts, fieldsOf, kindOf, walk } from "../../ast.js";
import type { JudgedStatement, Rule } from "../rule.js";
import { listParts, type Schema } from "../schema/schema.js";
import { isNewHere, printId } from "../statement-facts.js";

/** "unsafe use of new value": it may be used only once it is committed (manual, ALTER TYPE, Notes). */
export const enumValueUsedInTx: Rule = {
  id: "enum-value-used-in-tx",
  severity: "error",
  harm: "failure",
  about: "uses an enum's label in the transaction that adds it",
  kinds: [
    "AlterTableStmt",
    "CreateStmt",
    "DeleteStmt",
    "InsertStmt",
    "MergeStmt",
    "SelectStmt",
    "UpdateStmt",
    "ViewStmt",
  ],
  check: (statement) => {
    if (statement.around.length > 0) return [];
    return addedLabels(statement)
      .filter(({ label, type }) => uses(statement, label, type))
      .map(({ label, type }) => ({
        message: `fails: it uses label '${label}' of ${printId(type)} in the transaction that adds it`,
        fix: `-- in a file, and so in a transaction, of its own, before this one:\nALTER TYPE ${printId(type)} ADD VALUE '${label.replaceAll("'", "''")}';`,
      }));
  },
};

/** A type that the file makes as well may be used at once. */
function addedLabels(statement: JudgedStatement): { label: string; type: string }[] {
  const { transaction, schema } = statement;
  if (!transaction.isBlock) return [];
  return transaction.earlier.flatMap(({ node }) => {
    const fields = fieldsOf(node);
    if (kindOf(node) !== "AlterEnumStmt" || fields["oldVal"] !== undefined) return [];
    const type = schema.idOf(listParts(fields["typeName"]), schema.types);
    return isNewHere(statement, schema.types.get(type)) ? [] : [{ label: asText(fields["newVal"]), type }];
  });
}

/** The same text may be another type's value: a table or a cast of the statement has to have the type. */
function uses({ node, schema }: JudgedStatement, label: string, type: string): boolean {
  const seen = { label: false, type: false };
  walk(node, (kind, fields) => {
    if (kind === "A_Const" && asFields(fields["sval"])["sval"] === label) seen.label = true;
    if (kind === "TypeCast" && isType(asTexts(asFields(fields["typeName"])["names"]), type, schema)) seen.type = true;
    if (kind === "ColumnDef" && isType(asTexts(asFields(fields["typeName"])["names"]), type, schema)) seen.type = true;
    if (kind === "RangeVar" && mayHold(fields, type, schema)) seen.type = true;
    return true;
  });
  const relation = fieldsOf(node)["relation"];
  if (relation !== undefined && mayHold(relation, type, schema)) seen.type = true;
  return seen.label && seen.type;
}

function isType(parts: readonly string[], type: string, schema: Schema): boolean {
  return schema.idOf(parts, schema.types) === type;
}

/** A table of which the files do not show everything may have such a column. */
function mayHold(rangeVar: unknown, type: string, schema: Schema): boolean {
  const table = schema.table(rangeVar);
  if (table?.isWhole !== true) return true;
  return [...table.columns.values()].some((column) => isType(column.type.name.split("."), type, schema));
}
