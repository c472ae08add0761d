import { asText } from "../../ast.js";
import { isOwnTable } from "../own-tables.js";
import type { JudgedStatement, Rule } from "../rule.js";
import { rangeParts } from "../schema/schema.js";
import { printType } from "../schema/type-names.js";
import { isNewHere, printId, sqlIdentifier, sqlName } from "../statement-facts.js";

const VIEWS: ReadonlySet<unknown> = new Set(["OBJECT_VIEW", "OBJECT_MATVIEW"]);

export const renameColumn: Rule = {
  id: "rename-column",
  severity: "error",
  harm: "break",
  about: "renames a column that the running release asks for",
  kinds: ["RenameStmt"],
  isContractsWork: true,
  check: (statement) => {
    const { fields } = statement;
    if (fields["renameType"] === "OBJECT_ATTRIBUTE") return attribute(statement);
    if (fields["renameType"] !== "OBJECT_COLUMN" || VIEWS.has(fields["relationType"])) return [];
    const id = statement.schema.tableId(fields["relation"]);
    const table = statement.schema.tables.get(id);
    const [from, to] = [asText(fields["subname"]), asText(fields["newname"])];
    const column = table?.columns.get(from);
    if (table?.kind === "view" || isOwnTable(statement, id) || isNewHere(statement, column)) return [];
    const type = column === undefined || column.type.name === "" ? undefined : printType(column.type);
    return [
      {
        message: `renames column ${printId(id)}.${from}: every statement of the release still running that names it fails at once`,
        ...(type !== undefined && { fix: safeForm(sqlName(id), sqlIdentifier(from), sqlIdentifier(to), type) }),
      },
    ];
  },
};

function attribute(statement: JudgedStatement) {
  const { fields, schema } = statement;
  const id = schema.idOf(rangeParts(fields["relation"]), schema.types);
  if (isNewHere(statement, schema.types.get(id))) return [];
  const name = `${printId(id)}.${asText(fields["subname"])}`;
  return [
    { message: `renames attribute ${name}: every statement of the release still running that names it fails at once` },
  ];
}

function safeForm(table: string, from: string, to: string, type: string): string {
  return [
    "-- expand: both names, kept equal by a trigger while two releases write",
    `ALTER TABLE ${table} ADD COLUMN ${to} ${type};`,
    "-- backfill, a file of its own, in batches:",
    `UPDATE ${table} SET ${to} = ${from} WHERE ${to} IS NULL;`,
    "-- contract, in a later release:",
    `ALTER TABLE ${table} DROP COLUMN ${from};`,
  ].join("\n");
}
