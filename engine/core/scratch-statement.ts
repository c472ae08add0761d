import { asFields, asNodes, asText, asTexts, fieldsOf, kindOf, type Fields } from "./ast.js";
import type { AstNode } from "./ports.js";
import { isScratch } from "./scratch-schema.js";

/**
 * Whether all that a destructive statement names lies in the scratch schema, and it takes nothing else along: CASCADE might
 * reach a view or a foreign key of the application.
 */
export function destroysOnlyScratch(node: AstNode): boolean {
  const fields = fieldsOf(node);
  if (fields["behavior"] === "DROP_CASCADE" || commandsOf(fields).some(({ behavior }) => behavior === "DROP_CASCADE"))
    return false;
  const schemas = schemasOf(kindOf(node), fields);
  return schemas.length > 0 && schemas.every((schema) => isScratch(schema));
}

function schemasOf(kind: string, fields: Fields): string[] {
  if (kind === "DropStmt")
    return asNodes(fields["objects"]).map((object) => droppedSchema(fields["removeType"], object));
  if (kind === "TruncateStmt") return asNodes(fields["relations"]).map((one) => schemaOf(one["RangeVar"]));
  return fields["relation"] === undefined ? [] : [schemaOf(fields["relation"])];
}

function schemaOf(rangeVar: unknown): string {
  return asText(asFields(rangeVar)["schemaname"]);
}

/** Of kinds whose name is `schema.name`; of a schema itself. */
function droppedSchema(removeType: unknown, object: AstNode): string {
  if (removeType === "OBJECT_SCHEMA") return asText(asFields(object["String"])["sval"]);
  const names = RELATIONS.has(removeType) ? asTexts(object) : [];
  return names.length === 2 ? (names[0] ?? "") : "";
}

const RELATIONS: ReadonlySet<unknown> = new Set([
  "OBJECT_TABLE",
  "OBJECT_VIEW",
  "OBJECT_MATVIEW",
  "OBJECT_SEQUENCE",
  "OBJECT_INDEX",
]);

function commandsOf(fields: Fields): Fields[] {
  return asNodes(fields["cmds"]).map((node) => asFields(node["AlterTableCmd"]));
}
