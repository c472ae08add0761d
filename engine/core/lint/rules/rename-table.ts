import { asFields, asText, fieldsOf, kindOf, walk, type Fields } from "../../ast.js";
import { isGrantedLater, laterInTransaction } from "../later-in-transaction.js";
import { isOwnTable } from "../own-tables.js";
import type { JudgedStatement, Rule } from "../rule.js";
import type { Table } from "../schema/objects.js";
import { rangeParts } from "../schema/schema.js";
import { viewOutput } from "../schema/view-output.js";
import { printId, sqlName } from "../statement-facts.js";

const TABLES: ReadonlySet<unknown> = new Set(["OBJECT_TABLE", "OBJECT_FOREIGN_TABLE"]);

/** Nobody notices where a view takes the old name in the same transaction, with the rights the table had. */
export const renameTable: Rule = {
  id: "rename-table",
  severity: "error",
  harm: "break",
  about: "renames a table that the running release asks for, or moves it to another schema",
  kinds: ["RenameStmt", "AlterObjectSchemaStmt"],
  isContractsWork: true,
  check: (statement) => {
    const { fields, schema, kind } = statement;
    if (!TABLES.has(fields[kind === "RenameStmt" ? "renameType" : "objectType"])) return [];
    const id = schema.tableId(fields["relation"]);
    const present = schema.tables.get(id);
    // ALTER TABLE also renames indexes, which nobody names, and views, of which another rule tells.
    const isOther =
      present === undefined ? schema.index(fields["relation"]) !== undefined : present.kind.endsWith("view");
    if (isOther || isOwnTable(statement, id)) return [];
    const to = newId(statement, id);
    const hasView = isReplaced(statement, id, to);
    if (hasView && (!schema.hasTableGrants || isGrantedLater(statement, id))) return [];
    const verb = kind === "RenameStmt" ? "renames" : "moves";
    const then = hasView
      ? `nobody has rights on the view that takes its name`
      : `every statement of the release still running that names it fails at once`;
    return [
      { message: `${verb} table ${printId(id)}: ${then}`, fix: safeForm(statement.text, sqlName(id), sqlName(to)) },
    ];
  },
};

function newId({ kind, fields }: JudgedStatement, id: string): string {
  const dot = id.indexOf(".");
  return kind === "RenameStmt"
    ? `${id.slice(0, dot)}.${asText(fields["newname"])}`
    : `${asText(fields["newschema"])}.${id.slice(dot + 1)}`;
}

/** A view of the old name over the new one, visible at the same moment. */
function isReplaced(statement: JudgedStatement, from: string, to: string): boolean {
  const { schema } = statement;
  return laterInTransaction(statement).some((node) => {
    const fields = fieldsOf(node);
    if (kindOf(node) !== "ViewStmt" || schema.newId(rangeParts(asFields(fields["view"]))) !== from) return false;
    const asked: string[] = [];
    walk(fields["query"], (kind, inner) => {
      if (kind === "RangeVar") asked.push(schema.newId(rangeParts(inner)));
      return true;
    });
    return asked.includes(to) && hasAllColumns(fields, schema.tables.get(from));
  });
}

/** A view that names its columns must name all of them, where the files show which there are. */
function hasAllColumns(view: Fields, table: Table | undefined): boolean {
  const output = viewOutput(view);
  return output === undefined || [...(table?.columns.keys() ?? [])].every((column) => output.includes(column));
}

function safeForm(text: string, from: string, to: string): string {
  return [
    "-- in one transaction, until no release names the old one:",
    `${text.replace(/\s+$/, "")};`,
    `CREATE VIEW ${from} AS SELECT * FROM ${to};`,
    `-- and the table's rights once more: GRANT … ON ${from} TO …;`,
  ].join("\n");
}
