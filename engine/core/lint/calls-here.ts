import { asNodes, asTexts, walk } from "../ast.js";
import type { AstNode } from "../ports.js";

/** A call of a function. */
export interface FunctionCall {
  /** The last part of its name. */
  readonly name: string;
  readonly args: readonly AstNode[];
}

/** Calls in a statement's own expressions; those in statements nested in it are these statements' own. */
export function callsHere(fields: unknown): FunctionCall[] {
  const calls: FunctionCall[] = [];
  walk(fields, (kind, inner) => {
    if (kind === "FuncCall")
      calls.push({ name: asTexts(inner["funcname"]).at(-1) ?? "", args: asNodes(inner["args"]) });
    return !kind.endsWith("Stmt");
  });
  return calls;
}
