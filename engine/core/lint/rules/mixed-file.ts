import { outsideKind } from "../../statement-kinds.js";
import { leavesSomething } from "../outside-transactions.js";
import type { Rule } from "../rule.js";

/** Our runner keeps a journal of such a file, statement by statement. */
export const mixedFile: Rule = {
  id: "mixed-file",
  severity: "warning",
  harm: "failure",
  about: "mixes what needs a transaction with what can have none",
  kinds: ["AlterTableStmt", "DropStmt", "IndexStmt", "ReindexStmt", "VacuumStmt"],
  isRunnersWork: true,
  check: ({ node, statements, index, inside, text }) => {
    if (inside !== undefined || outsideKind(node) === null) return [];
    // Told once, at the first such statement.
    if (statements.slice(0, index).some((earlier) => outsideKind(earlier) !== null)) return [];
    if (!statements.some((other) => outsideKind(other) === null && leavesSomething(other))) return [];
    const message =
      "can run only outside a transaction, and the file holds others that need one: a failure leaves it half applied";
    return [{ message, fix: `-- in a file of its own:\n${text};` }];
  },
};
