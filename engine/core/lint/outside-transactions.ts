import { kindOf } from "../ast.js";
import type { AstNode } from "../ports.js";
import { outsideKind } from "../statement-kinds.js";

const SETTINGS: ReadonlySet<string> = new Set([
  "VariableSetStmt",
  "VariableShowStmt",
  "TransactionStmt",
  "DiscardStmt",
]);

/** Whether one of the statements can run only outside a transaction. */
export function holdsOutside(statements: readonly AstNode[]): boolean {
  return statements.some((node) => outsideKind(node) !== null);
}

/** Whether a statement leaves something behind in the database. */
export function leavesSomething(node: AstNode): boolean {
  return !SETTINGS.has(kindOf(node)) && kindOf(node) !== "SelectStmt";
}
