import { batchedForm } from "../batched-form.js";
import { longWork } from "../long-work.js";
import { rowsReached, sourcesOf } from "../row-condition.js";
import type { JudgedStatement, Rule } from "../rule.js";

export const unbatchedBackfill: Rule = {
  id: "unbatched-backfill",
  severity: "error",
  harm: "stall",
  about: "changes an unknown number of rows in one transaction",
  kinds: ["DeleteStmt", "MergeStmt", "UpdateStmt"],
  check: (statement) => {
    const { file, isRepeated } = statement;
    // The runner cuts a backfill into ranges; loops have a rule of their own.
    if (file.phase === "backfill" || isRepeated) return [];
    const work = longWork(statement);
    if (work?.target === undefined || isToldAsLoss(statement)) return [];
    const message = `${work.what} in one go: every row it meets stays locked until the last one is done, and their writers wait`;
    // A contract is the one place for a DELETE, and has a backup before it.
    return [{ message, fix: batchedForm(statement), ...(file.phase === "contract" && { severity: "warning" }) }];
  },
};

/** All rows: update-all and delete-all tell it, outside a contract. */
function isToldAsLoss({ kind, fields, schema, file }: JudgedStatement): boolean {
  if (kind === "MergeStmt" || file.phase === "contract") return false;
  const others = sourcesOf(fields[kind === "UpdateStmt" ? "fromClause" : "usingClause"]);
  return rowsReached(fields["whereClause"], { schema, relation: fields["relation"], others }) !== "some";
}
