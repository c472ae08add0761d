import { asFields, asNodes, asText, lastName, walk } from "./ast.js";
import type { AstNode } from "./ports.js";

/** What these statements take away, by the bare name: tables, columns, constraints, triggers, functions, old names. */
export function removedNames(nodes: readonly AstNode[]): string[] {
  const names: string[] = [];
  walk(nodes, (kind, fields) => {
    if (kind === "DropStmt") names.push(...asNodes(fields["objects"]).map(nameOfDropped));
    if (kind === "AlterTableCmd" && DROPS.has(asText(fields["subtype"]))) names.push(asText(fields["name"]));
    // A column or constraint has a name of its own; what is renamed as a whole bears the relation's.
    if (kind === "RenameStmt") names.push(asText(fields["subname"]) || asText(asFields(fields["relation"])["relname"]));
    return true;
  });
  return names.filter((name) => name !== "");
}

const DROPS = new Set(["AT_DropColumn", "AT_DropConstraint"]);

function nameOfDropped(object: AstNode): string {
  const [[kind, fields] = []] = Object.entries(object);
  if (kind === "List") return lastName(object);
  if (kind === "ObjectWithArgs") return lastName(asFields(fields)["objname"]);
  if (kind === "TypeName") return lastName(asFields(fields)["names"]);
  return asText(asFields(fields)["sval"]);
}

/** Whether a query speaks of one of these names, as a name or inside a string (catalog queries name objects that way). */
export function mentionsAny(query: string, names: readonly string[]): boolean {
  const words = new Set(query.match(/[\p{L}_][\p{L}\p{N}_$]*/gu) ?? []);
  return names.some((name) => words.has(name));
}
