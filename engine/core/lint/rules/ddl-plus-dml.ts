import { whoWaits, lockedSoFar } from "../locked-so-far.js";
import { longWork } from "../long-work.js";
import type { Rule } from "../rule.js";
import { ownTransaction } from "../own-transaction.js";

export const ddlPlusDml: Rule = {
  id: "ddl-plus-dml",
  severity: "error",
  harm: "stall",
  about: "changes many rows of a table that the same transaction has altered",
  kinds: ["DeleteStmt", "InsertStmt", "MergeStmt", "UpdateStmt"],
  check: (statement) => {
    if (!statement.transaction.isBlock) return [];
    const work = longWork(statement);
    const lock = lockedSoFar(statement.transaction).get(work?.target ?? "");
    if (work === undefined || lock === undefined) return [];
    const message = `${work.what} in the transaction that altered it: ${whoWaits([lock])} wait until the last row is done`;
    return [{ message, fix: ownTransaction(statement) }];
  },
};
