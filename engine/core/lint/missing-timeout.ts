import { heldLocks, type HeldLock } from "./held-locks.js";
import type { JudgedStatement } from "./rule.js";
import { hasTimeout } from "./session-settings.js";

/** The kinds of statements that lock a table others use so that its writers wait. */
export const LOCKING_KINDS: readonly string[] = [
  "AlterPolicyStmt",
  "AlterTableStmt",
  "ClusterStmt",
  "CreatePolicyStmt",
  "CreateStmt",
  "CreateTrigStmt",
  "DropStmt",
  "IndexStmt",
  "LockStmt",
  "RefreshMatViewStmt",
  "ReindexStmt",
  "RenameStmt",
  "RuleStmt",
  "TruncateStmt",
];

/** The locks a statement takes without the timeout, where it is the first of its file to do so. */
export function locksWithout(
  timeout: string,
  statement: JudgedStatement,
  counts: (lock: HeldLock) => boolean = () => true,
): HeldLock[] {
  const { statements, index, schema, file, transaction } = statement;
  const locksOf = (node: JudgedStatement["node"]): HeldLock[] => heldLocks(node, schema, file.order).filter(counts);
  const own = locksOf(statement.node);
  if (own.length === 0 || hasTimeout(statement, timeout)) return [];
  const isTold = statements
    .slice(0, index)
    .some((node, at) => locksOf(node).length > 0 && !hasTimeout({ statements, index: at, transaction }, timeout));
  return isTold ? [] : own;
}
