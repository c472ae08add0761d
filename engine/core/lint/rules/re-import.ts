import { asFields, asNodes, fieldsOf, kindOf } from "../../ast.js";
import type { AstNode } from "../../ports.js";
import { isOwnTable } from "../own-tables.js";
import type { JudgedStatement, Rule, Violation } from "../rule.js";
import { listParts, type Schema } from "../schema/schema.js";
import { printId } from "../statement-facts.js";

/** A dump read in over a database that is in use: DROP and CREATE of the same table, or CREATE of one that is there. */
export const reImport: Rule = {
  id: "re-import",
  severity: "error",
  harm: "loss",
  about: "makes a table anew that is there, as the import of a dump does",
  kinds: ["DropStmt", "CreateStmt"],
  check: (statement) => (statement.kind === "DropStmt" ? dropped(statement) : made(statement)),
};

function dropped(statement: JudgedStatement): Violation[] {
  const { fields, schema, statements, index } = statement;
  if (fields["removeType"] !== "OBJECT_TABLE") return [];
  const later = new Set(statements.slice(index + 1).flatMap((node) => madeBy(node, schema)));
  return asNodes(fields["objects"])
    .map((object) => schema.idOf(listParts(object), schema.tables))
    .filter((id) => later.has(id) && !isOwnTable(statement, id))
    .map((id) => ({
      message: `drops table ${printId(id)}, and the file makes it anew, empty, as the import of a dump does`,
      fix: changeInPlace(id),
    }));
}

function made(statement: JudgedStatement): Violation[] {
  const { fields, schema, file } = statement;
  if (fields["if_not_exists"] === true) return [];
  const id = schema.newId(listPartsOf(fields["relation"]));
  const present = schema.tables.get(id);
  const isKnown = present?.maker.isCertain === true && present.maker.file >= 0n && present.maker.file < file.order;
  if (!isKnown || asFields(fields["relation"])["relpersistence"] === "t") return [];
  return [
    {
      message: `makes table ${printId(id)}, which an earlier file made: it fails, as the import of a dump does`,
      fix: changeInPlace(id),
    },
  ];
}

function madeBy(node: AstNode, schema: Schema): string[] {
  const fields = fieldsOf(node);
  if (kindOf(node) === "CreateStmt") return [schema.newId(listPartsOf(fields["relation"]))];
  return kindOf(node) === "CreateTableAsStmt" ? [schema.newId(listPartsOf(asFields(fields["into"])["rel"]))] : [];
}

function listPartsOf(relation: unknown): string[] {
  const { schemaname, relname } = asFields(relation);
  return [schemaname, relname].filter((part): part is string => typeof part === "string" && part !== "");
}

function changeInPlace(id: string): string {
  const name = printId(id);
  return `Write what changes as ALTER TABLE ${name}, and put rows in by INSERT INTO ${name} … ON CONFLICT DO NOTHING.`;
}
