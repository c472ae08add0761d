import type { AnalysedStatement } from "./analysed-migration.js";
import { asFields, asNodes, asText, asTexts, fieldsOf, kindOf, lastName, type Fields } from "./ast.js";
import type { AstNode } from "./ports.js";
import { listedName, relationName } from "./sql-names.js";

/**
 * The objects that a file made so far: what it does to them harms nobody. A name is trusted only while it must mean the
 * same object: not after search_path or role changed, and not once the object was dropped or renamed (behind a dropped
 * temporary table the real one appears).
 */
export class NewObjects {
  private readonly names = new Set<string>();

  /** Whether every object that a destructive statement names was made by this file. */
  holdsAllOf(node: AstNode): boolean {
    const names = subjectsOf(node);
    return names.length > 0 && names.every((name) => this.names.has(name));
  }

  /** Learns from the file's next statement. */
  take({ node, creates, createsTemporary, isOpaque }: AnalysedStatement): void {
    if (isOpaque || movesNames(node)) this.names.clear();
    if (REMOVING.has(kindOf(node))) for (const name of subjectsOf(node)) this.names.delete(name);
    for (const name of [...creates, ...createsTemporary]) this.names.add(name);
    for (const routine of newRoutine(node)) this.names.add(routine);
  }
}

const REMOVING: ReadonlySet<string> = new Set(["DropStmt", "RenameStmt", "AlterObjectSchemaStmt"]);
const ROUTINES: ReadonlySet<unknown> = new Set(["OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE"]);

/** SET search_path, role or session authorization: names may mean other objects from here on. */
function movesNames(node: AstNode): boolean {
  const fields = fieldsOf(node);
  if (kindOf(node) !== "VariableSetStmt") return false;
  return (
    fields["kind"] === "VAR_RESET_ALL" || /^(search_path|role|session_authorization)$/.test(asText(fields["name"]))
  );
}

/** A new overload is another function than its namesakes: the types of its arguments belong to its name. */
function newRoutine(node: AstNode): string[] {
  const fields = fieldsOf(node);
  if (kindOf(node) !== "CreateFunctionStmt" || fields["replace"] === true) return [];
  const name = listedName(fields["funcname"]);
  const types = asNodes(fields["parameters"])
    .map((parameter) => asFields(parameter["FunctionParameter"]))
    .filter(({ mode }) => mode !== "FUNC_PARAM_OUT" && mode !== "FUNC_PARAM_TABLE")
    .map(({ argType }) => asFields(argType));
  // The bare name serves DROP FUNCTION without arguments, which the server refuses where it is not clear.
  return [routineKey(name), routineKey(name, types)];
}

function routineKey(name: string, types?: readonly Fields[]): string {
  return types === undefined ? `routine ${name}` : `routine ${name}(${types.map(typeKey).join(", ")})`;
}

function typeKey(type: Fields): string {
  return asTexts(type["names"]).join(".") + "[]".repeat(asNodes(type["arrayBounds"]).length);
}

function subjectsOf(node: AstNode): string[] {
  const fields = fieldsOf(node);
  switch (kindOf(node)) {
    case "DropStmt":
      return dropped(fields);
    case "TruncateStmt":
      return asNodes(fields["relations"]).map((relation) => relationName(relation["RangeVar"]));
    default:
      return fields["relation"] === undefined ? [] : [relationName(fields["relation"])];
  }
}

function dropped(fields: Fields): string[] {
  const objects = asNodes(fields["objects"]);
  if (fields["removeType"] === "OBJECT_TABLE") return objects.map(listedName);
  if (!ROUTINES.has(fields["removeType"])) return objects.map((object) => `other ${lastName(object)}`);
  return objects.map((object) => {
    const routine = asFields(object["ObjectWithArgs"]);
    const name = listedName(routine["objname"]);
    if (routine["args_unspecified"] === true) return routineKey(name);
    return routineKey(
      name,
      asNodes(routine["objargs"]).map((type) => asFields(type["TypeName"])),
    );
  });
}
