import { addedAndChecked } from "../added-columns.js";
import { namedConstraint } from "../constraint-name.js";
import { alteredLiveTable } from "../live-table.js";
import type { Rule } from "../rule.js";
import { isProvenNotNull, notNull, sqlLines } from "../safe-forms.js";
import { columnFirst, indexFirst } from "../unique-index.js";

/** ACCESS EXCLUSIVE while the index is built and NULLs are looked for (observed). */
export const addPrimaryKey: Rule = {
  id: "add-primary-key",
  severity: "error",
  harm: "stall",
  about: "builds a primary key while nobody reads or writes",
  kinds: ["AlterTableStmt"],
  check: (statement) => {
    const live = alteredLiveTable(statement);
    if (live === undefined) return [];
    return addedAndChecked(statement, "CONSTR_PRIMARY")
      .filter(({ fields }) => fields["indexname"] === undefined)
      .map(({ fields, column }) => {
        const { name, columns } = namedConstraint(fields, statement, live, column?.name);
        const unproven = columns.filter((one) => !isProvenNotNull(live, one));
        const key = { name, columns, kind: "PRIMARY KEY" as const, fields };
        return {
          message: `makes ${columns.join(", ")} the primary key of ${live.name}: an index of all rows is built while nobody reads or writes`,
          // WITHOUT OVERLAPS has no index to take over.
          ...(fields["without_overlaps"] !== true && {
            fix: sqlLines(
              columnFirst(live, column, statement),
              ...unproven.map((one) => notNull(live, one, statement.file.server)),
              indexFirst(live, key, statement.schema),
            ),
          }),
        };
      });
  },
};
