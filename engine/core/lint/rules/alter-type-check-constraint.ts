import { castsCost } from "../cast-cost.js";
import { alteredLiveTable, type LiveTable } from "../live-table.js";
import type { JudgedStatement, Rule, Violation } from "../rule.js";
import { typeChanges, type TypeChange } from "../type-change.js";

/** A change of type that leaves the rows alone still asks the column's CHECKs of each (observed). */
export const alterTypeCheckConstraint: Rule = {
  id: "alter-type-check-constraint",
  severity: "error",
  harm: "stall",
  about: "changes the type of a column with a CHECK, which is asked again of every row",
  kinds: ["AlterTableStmt"],
  check: (statement) => {
    const live = alteredLiveTable(statement);
    if (live === undefined) return [];
    return typeChanges(statement, live).flatMap((change) => violations(change, live, statement));
  },
};

function violations({ column, from, casts }: TypeChange, live: LiveTable, { schema }: JudgedStatement): Violation[] {
  // What writes every row anew is another rule's.
  if (from === undefined || casts === undefined || castsCost(from.type, casts, schema) === "rewrite") return [];
  const asked = [...(live.table?.constraints.values() ?? [])].filter(
    ({ kind, isValid, columns }) => kind === "check" && isValid && columns.includes(column),
  );
  if (asked.length === 0) return [];
  const names = asked.map(({ name }) => name).join(", ");
  return [
    {
      message: `changes the type of ${live.name}.${column}, whose CHECK ${names} is asked again: every row is read while nobody reads or writes`,
      fix: `In the same ALTER TABLE drop ${names}, and add it again NOT VALID; then VALIDATE it by a switch, in a file of its own.`,
    },
  ];
}
