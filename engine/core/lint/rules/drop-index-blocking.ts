import { droppedIndexes } from "../dropped-indexes.js";
import type { Rule } from "../rule.js";
import { printId, sqlName } from "../statement-facts.js";

/** The lock is short; what costs is the queue behind it, and our runner gives up the place in it after some milliseconds. */
export const dropIndexBlocking: Rule = {
  id: "drop-index-blocking",
  severity: "warning",
  harm: "stall",
  about: "drops an index under a lock that reads and writes queue behind",
  kinds: ["DropStmt"],
  isRunnersWork: true,
  check: (statement) => {
    if (statement.fields["concurrent"] === true) return [];
    return droppedIndexes(statement).map(({ id, index }) => {
      const table = index === undefined ? "its table" : printId(index.table);
      return {
        message: `drops index ${printId(id)}: it waits for the longest query of ${table}, and all others wait behind it`,
        fix: `-- outside a transaction:\nDROP INDEX CONCURRENTLY ${sqlName(id)};`,
      };
    });
  },
};
