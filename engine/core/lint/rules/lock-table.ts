import { heldLocks, stopsReaders } from "../held-locks.js";
import { modeAsSql } from "../../lock-modes.js";
import type { Rule } from "../rule.js";
import { printId } from "../statement-facts.js";

export const lockTable: Rule = {
  id: "lock-table",
  severity: "warning",
  harm: "stall",
  about: "locks a table until the transaction ends",
  kinds: ["LockStmt"],
  check: ({ node, schema, file, transaction }) => {
    if (!transaction.isBlock) {
      const message = "fails: LOCK TABLE works only inside a transaction, and here each statement has its own";
      return [{ message, severity: "error", fix: "Remove it: there is nothing that the lock would protect." }];
    }
    return heldLocks(node, schema, file.order).map((lock) => ({
      message: `locks ${printId(lock.table)} in ${modeAsSql(lock.mode)} mode: its ${stopsReaders(lock) ? "reads and writes" : "writes"} wait until the transaction ends`,
      fix: "Remove it, or take a weaker mode: every statement takes the locks it needs by itself.",
    }));
  },
};
