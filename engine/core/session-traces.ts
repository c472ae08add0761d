import type { AnalysedMigration } from "./analysed-migration.js";
import { asFields, asText, fieldsOf } from "./ast.js";
import type { AstNode } from "./ports.js";

/** Statements that change the session itself, and stay when the transaction has committed. */
const TRACES: ReadonlySet<string> = new Set([
  "VariableSetStmt",
  "DiscardStmt",
  "PrepareStmt",
  "DeallocateStmt",
  "DeclareCursorStmt",
  "ListenStmt",
  "UnlistenStmt",
  "LoadStmt",
]);

/** Whether the session must be reset before anything else runs in it. */
export function leavesTraces({ execution, statements }: AnalysedMigration): boolean {
  // Batches and statements outside a transaction set timeouts of their own.
  if (execution !== "transaction") return true;
  return statements.some(({ kind, isOpaque, node }) => isOpaque || TRACES.has(kind) || makesTemporary(node));
}

function makesTemporary(node: AstNode): boolean {
  const fields = fieldsOf(node);
  return [fields["relation"], fields["view"], asFields(fields["into"])["rel"]].some(
    (relation) => asText(asFields(relation)["relpersistence"]) === "t",
  );
}
