import { whoWaits, lockedSoFar } from "../locked-so-far.js";
import { longWork } from "../long-work.js";
import { ownTransaction } from "../own-transaction.js";
import type { Rule } from "../rule.js";

const CHANGES: ReadonlySet<string> = new Set(["UpdateStmt", "DeleteStmt", "MergeStmt", "InsertStmt"]);

/** Every lock is kept until the transaction ends (manual, "Explicit Locking"). */
export const statementAfterAccessExclusive: Rule = {
  id: "statement-after-access-exclusive",
  severity: "error",
  harm: "stall",
  about: "does long work while the transaction keeps another table locked",
  kinds: [
    "AlterTableStmt",
    "CopyStmt",
    "CreateTableAsStmt",
    "DeleteStmt",
    "IndexStmt",
    "InsertStmt",
    "MergeStmt",
    "RefreshMatViewStmt",
    "SelectStmt",
    "UpdateStmt",
  ],
  check: (statement) => {
    if (!statement.transaction.isBlock) return [];
    const work = longWork(statement);
    if (work === undefined) return [];
    const locked = lockedSoFar(statement.transaction);
    // ddl-plus-dml and validate-in-same-tx tell of work on the very table.
    const isToldElsewhere = CHANGES.has(statement.kind) || statement.kind === "AlterTableStmt";
    if (locked.size === 0 || (isToldElsewhere && locked.has(work.target ?? ""))) return [];
    const message = `${work.what} in a transaction that keeps what came before it locked: ${whoWaits([...locked.values()])} wait until it ends`;
    return [{ message, fix: ownTransaction(statement) }];
  },
};
