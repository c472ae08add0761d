import type { JudgedStatement, Rule, Violation } from "../rule.js";
import { transactionStep } from "../transactions.js";

/** Our own files hold no such statement: they are refused when they are read. */
export const nestedTx: Rule = {
  id: "nested-tx",
  severity: "warning",
  harm: "failure",
  about: "begins or ends a transaction that is not its own",
  kinds: ["TransactionStmt", "DoStmt", "CallStmt", "SelectStmt"],
  check: (statement) => {
    if (statement.kind === "TransactionStmt") return ofStatement(statement);
    const { endsTransaction, transaction, inside, around } = statement;
    if (!endsTransaction || inside !== undefined || around.length > 0) return [];
    if (!transaction.isBlock && statement.kind !== "SelectStmt") return [];
    const message =
      "fails: the body it runs says COMMIT or ROLLBACK, which PostgreSQL allows outside a transaction only";
    return [
      { message, severity: "error", fix: "Take the statement out of the transaction, or COMMIT out of the body." },
    ];
  },
};

function ofStatement({ node, file, transaction }: JudgedStatement): Violation[] {
  const step = transactionStep(node);
  if (step === "begins" && transaction.isBlock) {
    const message = "begins a transaction inside one: PostgreSQL ignores it, and the first COMMIT ends both";
    return [{ message, fix: "Remove BEGIN and its COMMIT." }];
  }
  if (step !== "commits" && step !== "rolls back") return [];
  if (file.isOneTransaction) {
    const message =
      "ends the transaction that the tool has put around the file: what failed behind it would not be undone";
    return [{ message, fix: "Remove it; split the file where a commit must lie between." }];
  }
  if (transaction.isBlock) return [];
  return [{ message: "ends a transaction that the file has not begun", fix: "Remove it." }];
}
