import { asFields, asText, fieldsOf, kindOf } from "../../ast.js";
import { isOwnTable } from "../own-tables.js";
import type { JudgedStatement, Rule } from "../rule.js";
import { printType, readTypeName } from "../schema/type-names.js";
import { alterations, isNewHere, printId, sqlIdentifier, sqlName } from "../statement-facts.js";

/** Meant as a change of type; what comes back is empty. */
export const dropColumnThenAdd: Rule = {
  id: "drop-column-then-add",
  severity: "error",
  harm: "loss",
  about: "drops a column and adds one of the same name: the values do not come back",
  kinds: ["AlterTableStmt"],
  isContractsWork: true,
  check: (statement) => {
    const { schema, fields } = statement;
    const id = schema.tableId(fields["relation"]);
    const table = schema.tables.get(id);
    if (fields["objtype"] === "OBJECT_TYPE" || isOwnTable(statement, id)) return [];
    const added = laterAdded(statement, id);
    return alterations(statement)
      .filter(({ subtype, name }) => subtype === "AT_DropColumn" && added.has(asText(name)))
      .filter(({ name }) => !isNewHere(statement, table?.columns.get(asText(name))))
      .map(({ name }) => ({
        message: `drops ${printId(id)}.${asText(name)}, and the file adds a column of that name: its values do not come back`,
        fix: safeForm(sqlName(id), asText(name), added.get(asText(name)) ?? ""),
      }));
  },
};

/** Columns that this statement or a later one of the file adds to the table, with their types. */
function laterAdded({ statements, index, node, schema }: JudgedStatement, id: string): Map<string, string> {
  const definitions = [node, ...statements.slice(index)]
    .filter((one) => kindOf(one) === "AlterTableStmt" && schema.tableId(fieldsOf(one)["relation"]) === id)
    .flatMap((one) => alterations({ fields: fieldsOf(one) }))
    .filter(({ subtype }) => subtype === "AT_AddColumn")
    .map(({ def }) => asFields(asFields(def)["ColumnDef"]));
  return new Map(definitions.map(({ colname, typeName }) => [asText(colname), printType(readTypeName(typeName))]));
}

function safeForm(table: string, column: string, type: string): string {
  const [old, fresh] = [sqlIdentifier(column), sqlIdentifier(`${column}_new`)];
  return [
    "-- expand: a new column beside the old one, kept equal by a trigger",
    `ALTER TABLE ${table} ADD COLUMN ${fresh} ${type};`,
    "-- backfill, a file of its own, in batches:",
    `UPDATE ${table} SET ${fresh} = ${old}::${type} WHERE ${fresh} IS NULL;`,
    "-- contract, in a later release:",
    `ALTER TABLE ${table} DROP COLUMN ${old};`,
  ].join("\n");
}
