import { asText, fieldsOf, kindOf } from "../ast.js";
import type { AstNode } from "../ports.js";
import type { HeldLock } from "./held-locks.js";

/** A statement that ran earlier in the same transaction. */
export interface EarlierStatement {
  readonly node: AstNode;
  /** Position among the file's statements. */
  readonly index: number;
  /** What it took, and what stays until the transaction ends. */
  readonly locks: readonly HeldLock[];
}

export interface TransactionSoFar {
  /** True where more than this one statement shares the transaction, or may. */
  readonly isBlock: boolean;
  /** Before it, in order, the nested and reached ones included. */
  readonly earlier: readonly EarlierStatement[];
}

/** What a statement does to the transaction of a file that another tool runs. */
export type TransactionStep =
  "begins" | "commits" | "rolls back" | "sets savepoint" | "rolls back to savepoint" | "none";

const STEPS: Readonly<Record<string, TransactionStep>> = {
  TRANS_STMT_BEGIN: "begins",
  TRANS_STMT_START: "begins",
  TRANS_STMT_COMMIT: "commits",
  TRANS_STMT_PREPARE: "commits",
  TRANS_STMT_ROLLBACK: "rolls back",
  TRANS_STMT_SAVEPOINT: "sets savepoint",
  TRANS_STMT_ROLLBACK_TO: "rolls back to savepoint",
};

export function transactionStep(node: AstNode): TransactionStep {
  if (kindOf(node) !== "TransactionStmt") return "none";
  return STEPS[asText(fieldsOf(node)["kind"])] ?? "none";
}

/** The name of a savepoint, as the parser folds it. */
export function savepointName(node: AstNode): string {
  return asText(fieldsOf(node)["savepoint_name"]);
}
