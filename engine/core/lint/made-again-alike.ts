import { asFields, fieldsOf, kindOf } from "../ast.js";
import type { AstNode } from "../ports.js";
import { isGrantedLater, laterInTransaction } from "./later-in-transaction.js";
import { objectParts } from "./object-names.js";
import type { JudgedStatement } from "./rule.js";
import { readRoutine } from "./schema/replay-routines.js";
import { rangeParts } from "./schema/schema.js";
import { viewOutput } from "./schema/view-output.js";

/**
 * Whether the transaction that drops a view or function makes it again so that nobody notices: with all its columns and its rights;
 * with the same arguments and result. A sequence would begin anew.
 */
export function isMadeAgainAlike(statement: JudgedStatement, object: AstNode): boolean {
  return laterInTransaction(statement).some((node) => {
    if (kindOf(node) === "ViewStmt") return isSameView(statement, objectParts(object), node);
    return kindOf(node) === "CreateFunctionStmt" && isSameRoutine(statement, object, node);
  });
}

function isSameView(statement: JudgedStatement, parts: readonly string[], node: AstNode): boolean {
  const { schema } = statement;
  const id = schema.idOf(parts, schema.tables);
  const [old, fresh] = [schema.tables.get(id), viewOutput(fieldsOf(node))];
  const isSame = schema.newId(rangeParts(fieldsOf(node)["view"])) === id && old?.kind === "view";
  const holdsAll = old?.output?.every((column) => fresh?.includes(column) === true) === true;
  return isSame && holdsAll && (!schema.hasTableGrants || isGrantedLater(statement, id));
}

function isSameRoutine(statement: JudgedStatement, object: AstNode, node: AstNode): boolean {
  const { schema } = statement;
  if (asFields(object["ObjectWithArgs"])["args_unspecified"] === true) return false;
  const fresh = readRoutine(fieldsOf(node), schema, { file: 0n, isCertain: true });
  const id = schema.idOf(objectParts(object), schema.routines);
  const old = (schema.routines.get(id) ?? []).find((one) => one.argumentTypes.join() === fresh.argumentTypes.join());
  if (fresh.id !== id || old === undefined || fresh.returns === "") return false;
  return (
    old.returns === fresh.returns &&
    old.argumentNames.join() === fresh.argumentNames.join() &&
    old.isSecurityDefiner === fresh.isSecurityDefiner
  );
}
