import { fieldsOf, isFields, isOptionOn, kindOf } from "../ast.js";
import type { AstNode } from "../ports.js";

export interface NestedStatement {
  readonly node: AstNode;
  /** The statements around it, outermost first; empty for the outermost. */
  readonly around: readonly AstNode[];
}

/**
 * A statement and those inside it: in WITH, EXPLAIN, COPY, PREPARE, a rule. The body of a new routine does not run yet, and what
 * a plain EXPLAIN explains does not run at all.
 */
export function nestedStatements(node: AstNode): NestedStatement[] {
  const found: NestedStatement[] = [];
  enter(node, [], found);
  return found;
}

function enter(node: AstNode, around: readonly AstNode[], found: NestedStatement[]): void {
  found.push({ node, around });
  if (runsInside(node)) search(fieldsOf(node), [...around, node], found);
}

function runsInside(node: AstNode): boolean {
  if (kindOf(node) === "ExplainStmt") return isOptionOn(fieldsOf(node)["options"], "analyze");
  return kindOf(node) !== "CreateFunctionStmt";
}

function search(value: unknown, around: readonly AstNode[], found: NestedStatement[]): void {
  if (Array.isArray(value)) for (const item of value) search(item, around, found);
  else if (isFields(value)) {
    for (const [key, inner] of Object.entries(value)) {
      if (/^[A-Z]\w*Stmt$/.test(key) && isFields(inner)) enter({ [key]: inner }, around, found);
      else search(inner, around, found);
    }
  }
}
