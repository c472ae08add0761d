import { isOld } from "../held-locks.js";
import type { Rule } from "../rule.js";
import { printId, sqlName } from "../statement-facts.js";

const VERBS: Readonly<Record<string, string>> = {
  DeleteStmt: "deletes rows of",
  MergeStmt: "merges into",
  UpdateStmt: "updates",
};

export const doLoopWithoutCommit: Rule = {
  id: "do-loop-without-commit",
  severity: "error",
  harm: "stall",
  about: "changes rows in a loop that commits nothing",
  kinds: ["DeleteStmt", "MergeStmt", "UpdateStmt"],
  check: ({ kind, fields, schema, file, isRepeated }) => {
    const id = schema.tableId(fields["relation"]);
    if (!isRepeated || !isOld(id, schema, file.order)) return [];
    const message = `${VERBS[kind] ?? "changes"} ${printId(id)} in a loop that commits nothing: rows it has changed stay locked until the last round is done`;
    const fix =
      file.manner === "holdfast"
        ? `-- a file of its own, without the loop:\n-- @phase backfill\n-- @batch table=${sqlName(id)} key=<key>`
        : "COMMIT;  -- at the end of each round; the file itself must not stand in a transaction then";
    return [{ message, fix }];
  },
};
