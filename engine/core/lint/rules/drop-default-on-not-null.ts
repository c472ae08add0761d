import { asFields, asText, type Fields } from "../../ast.js";
import { isOwnTable } from "../own-tables.js";
import type { JudgedStatement, Rule, Violation } from "../rule.js";
import type { Column } from "../schema/objects.js";
import { alterations, printId } from "../statement-facts.js";

/** Also of a column that this file adds: the release still running does not know it, and lives by its default. */
export const dropDefaultOnNotNull: Rule = {
  id: "drop-default-on-not-null",
  severity: "error",
  harm: "break",
  about: "takes the default, or the identity, of a column that must have a value",
  kinds: ["AlterTableStmt"],
  isContractsWork: true,
  check: (statement) => {
    const { schema, fields } = statement;
    const id = schema.tableId(fields["relation"]);
    if (isOwnTable(statement, id) || schema.tables.get(id)?.kind === "view") return [];
    return alterations(statement).flatMap((command) => judge(statement, command, id));
  },
};

function judge({ schema }: JudgedStatement, command: Fields, id: string): Violation[] {
  const what = takenBy(command);
  const name = asText(command["name"]);
  const table = schema.tables.get(id);
  const column = table?.columns.get(name);
  if (what === undefined || isOptional(column)) return [];
  const known = isKnown(column) || what === "identity" ? "" : ", and no file shows whether it may be NULL";
  return [
    {
      message: `takes the ${what} of ${printId(id)}.${name}${known}: inserts of the release still running that leave it out fail`,
    },
  ];
}

function takenBy({ subtype, def }: Fields): "default" | "identity" | undefined {
  if (subtype === "AT_DropIdentity") return "identity";
  const isNull = asFields(asFields(def)["A_Const"])["isnull"] === true;
  return subtype === "AT_ColumnDefault" && (def === undefined || isNull) ? "default" : undefined;
}

/** Its type is read only where the file that made it is. */
function isKnown(column: Column | undefined): boolean {
  return column !== undefined && column.type.name !== "";
}

function isOptional(column: Column | undefined): boolean {
  return isKnown(column) && column?.isNotNull === false;
}
