import { asFields, asText, asTexts } from "./ast.js";
import { dottedName } from "./quote-identifier.js";

/** `RangeVar` fields as SQL, every part quoted as LOCK TABLE and to_regclass take it: `"orders"`, `"app"."Order"`. */
export function relationName(rangeVar: unknown): string {
  const fields = asFields(rangeVar);
  return qualifiedName([asText(fields["schemaname"]), asText(fields["relname"])]);
}

/** The name in a list of `String` nodes (or in a `List` of them), as SQL. */
export function listedName(names: unknown): string {
  return qualifiedName(asTexts(names));
}

export function qualifiedName(parts: readonly string[]): string {
  return dottedName(parts.filter((part) => part !== ""));
}
