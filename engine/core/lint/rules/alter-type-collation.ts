import { castsCost } from "../cast-cost.js";
import { alteredLiveTable, type LiveTable } from "../live-table.js";
import { hasOtherCollation, rebuiltIndexes } from "../rebuilt-indexes.js";
import type { JudgedStatement, Rule, Violation } from "../rule.js";
import { typeChanges, type TypeChange } from "../type-change.js";

/** The rows stay as they are, their order does not: each index of the column is built anew (observed). */
export const alterTypeCollation: Rule = {
  id: "alter-type-collation",
  severity: "error",
  harm: "stall",
  about: "changes a collation, so that indexes are built anew",
  kinds: ["AlterTableStmt"],
  check: (statement) => {
    const live = alteredLiveTable(statement);
    if (live === undefined) return [];
    return typeChanges(statement, live)
      .filter(hasOtherCollation)
      .flatMap((change) => violations(change, live, statement));
  },
};

function violations(change: TypeChange, live: LiveTable, { schema }: JudgedStatement): Violation[] {
  const { column, from, casts, collation = "default" } = change;
  // What writes every row anew is another rule's.
  if (from === undefined || casts === undefined || castsCost(from.type, casts, schema) === "rewrite") return [];
  const rebuilt = rebuiltIndexes(change, live, schema);
  const isUnknown = live.table?.isWhole !== true;
  if (rebuilt.length === 0 && !isUnknown) return [];
  const what = rebuilt.length === 0 ? "its indexes, which no file shows," : `its indexes (${rebuilt.join(", ")})`;
  return [
    {
      message: `gives ${live.name}.${column} the collation ${collation}: ${what} are built anew while nobody reads or writes`,
      fix: `Write COLLATE where the order matters: in the query, and in an index built CONCURRENTLY for it; or drop the indexes CONCURRENTLY before, and build them CONCURRENTLY after.`,
    },
  ];
}
