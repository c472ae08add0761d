import type { Rule } from "../rule.js";
import { transactionStep } from "../transactions.js";

export const uncommittedTx: Rule = {
  id: "uncommitted-tx",
  severity: "error",
  harm: "failure",
  about: "begins a transaction that the file never ends",
  kinds: ["TransactionStmt"],
  check: ({ node, file, statements, index, transaction }) => {
    // Inside a transaction a second BEGIN begins nothing.
    if (transactionStep(node) !== "begins" || file.isOneTransaction || transaction.isBlock) return [];
    const isEnded = statements.slice(index + 1).some((later) => {
      const step = transactionStep(later);
      return step === "commits" || step === "rolls back";
    });
    if (isEnded) return [];
    const message = "begins a transaction that the file never ends: its changes are lost, or its locks stay";
    return [{ message, fix: "-- at the end of the file:\nCOMMIT;" }];
  },
};
