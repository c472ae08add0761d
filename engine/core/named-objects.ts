import type { AstNode } from "./ports.js";

/** A table, view, index, sequence, function, type or schema as a statement names it. */
export interface ObjectName {
  /** Unset where the statement leaves it to search_path. */
  readonly schema?: string;
  readonly name: string;
}

interface Collected {
  readonly subjects: ObjectName[];
  readonly mentions: ObjectName[];
}

type Fields = Readonly<Record<string, unknown>>;

/** Objects every file may name without depending on another one. */
const SYSTEM_SCHEMAS = new Set(["pg_catalog", "information_schema", "pg_temp"]);

/** What these statements act on: tables they read or change, objects they create, rename or drop. Types and functions they only use are left out. */
export function subjectsOf(nodes: readonly AstNode[]): ObjectName[] {
  return collect(nodes).subjects;
}

/** Everything these statements name, with the types and functions they use and each word of a function body or DO block, which the server reads only when it runs. */
export function mentionsOf(nodes: readonly AstNode[]): ObjectName[] {
  const { subjects, mentions } = collect(nodes);
  return [...subjects, ...mentions];
}

/** The first object both name. A name without schema may be in any schema, so it meets every one of that name. */
export function sharedObject(a: readonly ObjectName[], b: readonly ObjectName[]): ObjectName | undefined {
  return a.find((one) => b.some((other) => isSame(one, other)));
}

/** `schema.name`, or the name alone. */
export function printName({ schema, name }: ObjectName): string {
  return schema === undefined ? name : `${schema}.${name}`;
}

function isSame(a: ObjectName, b: ObjectName): boolean {
  return a.name === b.name && (a.schema === undefined || b.schema === undefined || a.schema === b.schema);
}

function collect(nodes: readonly AstNode[]): Collected {
  const found: Collected = { subjects: [], mentions: [] };
  for (const node of nodes) visit(node, found);
  const isOwn = ({ schema, name }: ObjectName) =>
    !SYSTEM_SCHEMAS.has(schema ?? "") && !(schema === undefined && name.startsWith("pg_"));
  return { subjects: found.subjects.filter(isOwn), mentions: found.mentions.filter(isOwn) };
}

/** The tree's typed fields are not wrapped in their node's name, so nodes are told by the fields only they have. */
function visit(node: unknown, found: Collected): void {
  if (Array.isArray(node)) {
    for (const item of node) visit(item, found);
    return;
  }
  if (typeof node !== "object" || node === null) return;
  const fields = node as Fields;
  if (typeof fields["relname"] === "string") found.subjects.push(rangeVar(fields));
  if (Array.isArray(fields["objname"])) found.subjects.push(...named(fields["objname"]));
  if (Array.isArray(fields["typeName"])) found.subjects.push(...named(fields["typeName"]));
  if (Array.isArray(fields["domainname"])) found.subjects.push(...named(fields["domainname"]));
  if (Array.isArray(fields["names"])) found.mentions.push(...named(fields["names"]));
  if (Array.isArray(fields["funcname"])) collectFunction(fields, found);
  if (typeof fields["removeType"] === "string") found.subjects.push(...dropped(fields));
  if (typeof fields["renameType"] === "string" && RENAMED_AS_A_WHOLE.has(fields["renameType"])) {
    found.subjects.push({ name: String(fields["newname"]) });
  }
  if (fields["defname"] === "as") found.mentions.push(...wordsOf(stringsIn(fields["arg"]).join(" ")));
  for (const value of Object.values(fields)) visit(value, found);
}

const RENAMED_AS_A_WHOLE = new Set([
  ...["OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_INDEX", "OBJECT_SEQUENCE", "OBJECT_FOREIGN_TABLE"],
  ...["OBJECT_TYPE", "OBJECT_DOMAIN", "OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE", "OBJECT_SCHEMA"],
]);

/** Their last name is the trigger's (policy's, rule's) own, the one before it the table's. */
const ON_A_TABLE = new Set(["OBJECT_TRIGGER", "OBJECT_POLICY", "OBJECT_RULE"]);

function dropped(drop: Fields): ObjectName[] {
  const objects = Array.isArray(drop["objects"]) ? (drop["objects"] as unknown[]) : [];
  return objects.flatMap((object) => {
    const names = stringsIn(object);
    return named(ON_A_TABLE.has(String(drop["removeType"])) ? names.slice(0, -1) : names);
  });
}

function collectFunction(fields: Fields, found: Collected): void {
  const isDefinition = fields["options"] !== undefined || fields["trigname"] !== undefined;
  const names = named(fields["funcname"] as unknown[]);
  (isDefinition ? found.subjects : found.mentions).push(...names);
  // nextval('orders_id_seq'): the argument is a name the parser does not know as one.
  if (!isDefinition) found.mentions.push(...wordsOf(stringsIn(fields["args"]).join(" ")));
}

function rangeVar(fields: Fields): ObjectName {
  const name = String(fields["relname"]);
  return typeof fields["schemaname"] === "string" ? { schema: fields["schemaname"], name } : { name };
}

/** The last one or two of a dotted name's parts. */
function named(parts: readonly unknown[]): ObjectName[] {
  const names = parts.flatMap((part) => (typeof part === "string" ? [part] : stringsIn(part)));
  const name = names.at(-1);
  const schema = names.at(-2);
  return name === undefined ? [] : [schema === undefined ? { name } : { schema, name }];
}

/** The string nodes below, in order. */
function stringsIn(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(stringsIn);
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    key === "sval" && typeof value === "string" ? [value] : stringsIn(value),
  );
}

function wordsOf(text: string): ObjectName[] {
  const words = text.match(/[\p{L}_][\p{L}\p{N}_$]*/gu) ?? [];
  return [...new Set(words)].map((name) => ({ name }));
}
