/**
 * Small readers for libpg-query's JSON trees. A node stands as `{ Kind: fields }`; a field with only one possible kind
 * stands as its bare fields. Unset fields, empty lists, zero and false are left out.
 */
import type { AstNode } from "./ports.js";

export type Fields = Readonly<Record<string, unknown>>;

/** The kind of a wrapped node: `DropStmt`. */
export function kindOf(node: AstNode): string {
  return Object.keys(node)[0] ?? "";
}

/** The fields of a wrapped node. */
export function fieldsOf(node: AstNode): Fields {
  return asFields(Object.values(node)[0]);
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function asFields(value: unknown): Fields {
  return isFields(value) ? value : {};
}

export function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A list field's wrapped nodes; also of a `List` node. */
export function asNodes(value: unknown): readonly AstNode[] {
  const items: unknown = isFields(value) ? asFields(value["List"])["items"] : value;
  return Array.isArray(items) ? items.filter(isFields) : [];
}

/** The texts of a list of `String` nodes. */
export function asTexts(value: unknown): string[] {
  return asNodes(value).map((node) => asText(asFields(node["String"])["sval"]));
}

/** The last part of a possibly qualified name given as `String` nodes. */
export function lastName(value: unknown): string {
  return asTexts(value).at(-1) ?? "";
}

/** An option of a utility statement: `as` of CREATE FUNCTION, `concurrently` of REINDEX. */
export function option(options: unknown, name: string): Fields | undefined {
  const found = asNodes(options).find((node) => asFields(node["DefElem"])["defname"] === name);
  return found && asFields(found["DefElem"]);
}

/** Whether a boolean option is on: named alone, or with a value that is not a spelling of false. */
export function isOptionOn(options: unknown, name: string): boolean {
  const found = option(options, name);
  if (found === undefined) return false;
  const argument = asFields(found["arg"]);
  const text = asText(asFields(argument["String"])["sval"]).toLowerCase();
  const isZero = "Integer" in argument && asFields(argument["Integer"])["ival"] === undefined;
  return !isZero && !["false", "off", "no", "0"].includes(text);
}

/**
 * Visits every wrapped node below a value, outermost first. The visitor returns false to leave a node's inside out.
 */
export function walk(value: unknown, visit: (kind: string, fields: Fields) => boolean): void {
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) walk(item, visit);
    return;
  }
  const fields = value as Fields;
  for (const key of Object.keys(fields)) {
    const inner = fields[key];
    if (typeof inner !== "object") continue;
    if (isKind(key) && isFields(inner) && !visit(key, inner)) continue;
    walk(inner, visit);
  }
}

/** Kinds begin with a capital, fields never do. */
function isKind(key: string): boolean {
  return key <= "Z";
}

/** A node and all nodes below it, as wrapped nodes; the bodies of new routines, which do not run yet, left out. */
export function nodesWithin(node: AstNode): AstNode[] {
  const nodes: AstNode[] = [];
  walk(node, (kind, fields) => {
    nodes.push({ [kind]: fields });
    return kind !== "CreateFunctionStmt";
  });
  return nodes;
}
