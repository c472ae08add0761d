import { asFields, asText, asTexts, type Fields } from "../ast.js";
import type { AstNode } from "../ports.js";
import { rangeParts } from "./schema/schema.js";

/** The parts of an object's name as DROP, RENAME and their like hold it: of a relation, type, routine, schema, trigger. */
export function objectParts(object: AstNode): string[] {
  const named = asFields(object["ObjectWithArgs"])["objname"] ?? asFields(object["TypeName"])["names"];
  const parts = asTexts(named ?? ("String" in object ? [object] : object));
  return parts.filter((part) => part !== "");
}

/** The relation or object a statement is about: `app.users`. */
export function subjectParts(fields: Fields): string[] {
  return fields["relation"] === undefined ? objectParts(asFields(fields["object"])) : rangeParts(fields["relation"]);
}

/** `OBJECT_MATVIEW` as a person says it: `materialized view`. */
export function objectWord(objectType: unknown): string {
  return asText(objectType)
    .replace("OBJECT_", "")
    .replace("MATVIEW", "MATERIALIZED_VIEW")
    .replace("STATISTIC_EXT", "STATISTICS")
    .replace(/^(TAB|DOM)CONSTRAINT$/, "CONSTRAINT")
    .replaceAll("_", " ")
    .toLowerCase();
}
