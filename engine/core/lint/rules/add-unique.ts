import { addedAndChecked } from "../added-columns.js";
import { namedConstraint } from "../constraint-name.js";
import { alteredLiveTable } from "../live-table.js";
import type { Rule } from "../rule.js";
import { sqlLines } from "../safe-forms.js";
import { columnFirst, indexFirst } from "../unique-index.js";

/** ACCESS EXCLUSIVE while the index is built, also for a new column that is NULL in every row (observed). */
export const addUnique: Rule = {
  id: "add-unique",
  severity: "error",
  harm: "stall",
  about: "builds a unique index while nobody reads or writes",
  kinds: ["AlterTableStmt"],
  check: (statement) => {
    const live = alteredLiveTable(statement);
    if (live === undefined) return [];
    return addedAndChecked(statement, "CONSTR_UNIQUE")
      .filter(({ fields }) => fields["indexname"] === undefined)
      .map(({ fields, column }) => {
        const { name, columns } = namedConstraint(fields, statement, live, column?.name);
        const unique = { name, columns, kind: "UNIQUE" as const, fields };
        return {
          message: `makes ${columns.join(", ")} of ${live.name} unique: an index of all rows is built while nobody reads or writes`,
          // WITHOUT OVERLAPS has no index to take over.
          ...(fields["without_overlaps"] !== true && {
            fix: sqlLines(columnFirst(live, column, statement), indexFirst(live, unique, statement.schema)),
          }),
        };
      });
  },
};
