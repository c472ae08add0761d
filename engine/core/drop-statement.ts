import { asFields, asNodes, asText, asTexts, type Fields } from "./ast.js";
import { dottedName } from "./quote-identifier.js";

export interface DroppedObject {
  /** The parts of its name, unquoted: for pg_get_object_address. */
  readonly names: readonly string[];
  /** Argument types of a function; null where the statement leaves them out. */
  readonly args: readonly string[] | null;
  /** Its name as SQL. */
  readonly spelled: string;
}

/** A RangeVar as SQL, every part quoted. */
export function rangeName(relation: Fields): string {
  const parts = [asText(relation["catalogname"]), asText(relation["schemaname"]), asText(relation["relname"])];
  return dottedName(parts.filter((part) => part !== ""));
}

/** The objects a DropStmt names, in order. */
export function droppedObjects(drop: Fields): DroppedObject[] {
  return asNodes(drop["objects"]).map((object) => {
    const withArgs = asFields(object["ObjectWithArgs"]);
    const isFunction = "ObjectWithArgs" in object;
    const names = isFunction ? asTexts(withArgs["objname"]) : namesOf(object);
    const isBare = !isFunction || withArgs["args_unspecified"] === true;
    return { names, args: isBare ? null : asNodes(withArgs["objargs"]).map(typeName), spelled: dottedName(names) };
  });
}

function namesOf(object: Fields): string[] {
  if ("TypeName" in object) return asTexts(asFields(object["TypeName"])["names"]);
  if ("String" in object) return [asText(asFields(object["String"])["sval"])];
  return asTexts(object);
}

function typeName(node: Fields): string {
  const type = asFields(node["TypeName"]);
  return dottedName(asTexts(type["names"])) + "[]".repeat(asNodes(type["arrayBounds"]).length);
}
