import { fieldsOf, kindOf, walk } from "./ast.js";
import type { AstNode } from "./ports.js";

const WRITES: ReadonlySet<string> = new Set(["InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"]);

/** Whether a statement only reads: a SELECT or VALUES without INTO, row locks or a writing CTE. */
export function isQuery(node: AstNode): boolean {
  if (kindOf(node) !== "SelectStmt") return false;
  let isReading = fieldsOf(node)["intoClause"] === undefined;
  walk(node, (kind) => {
    if (WRITES.has(kind) || kind === "LockingClause") isReading = false;
    return isReading;
  });
  return isReading;
}
