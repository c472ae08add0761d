import { heldLocks, stopsReaders } from "../held-locks.js";
import { lockedSoFar } from "../locked-so-far.js";
import type { Rule } from "../rule.js";
import { printId } from "../statement-facts.js";

/** Our runner asks with a short lock_timeout, and begins anew where it meets a lock or a deadlock. */
export const manyStrongLocks: Rule = {
  id: "many-strong-locks",
  severity: "warning",
  harm: "stall",
  about: "locks a second table wholly in one transaction",
  kinds: ["AlterTableStmt", "DropStmt", "TruncateStmt", "LockStmt", "RenameStmt", "CreatePolicyStmt", "ClusterStmt"],
  isRunnersWork: true,
  check: ({ node, schema, file, transaction }) => {
    if (!transaction.isBlock) return [];
    const before = [...lockedSoFar(transaction).values()].filter(stopsReaders).map(({ table }) => table);
    const own = heldLocks(node, schema, file.order).filter(stopsReaders);
    const all = new Set([...before, ...own.map(({ table }) => table)]);
    // Told once, where the second table joins.
    if (all.size < 2 || before.length > 1) return [];
    const names = [...all].map(printId).join(", ");
    const message = `locks a further table: reads and writes of ${names} wait until all of them are done, and two such transactions can block each other`;
    return [{ message, fix: "COMMIT;\nBEGIN;\n-- and then this statement: one table for each transaction" }];
  },
};
