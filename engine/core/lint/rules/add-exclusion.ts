import { addedConstraints } from "../added-columns.js";
import { alteredLiveTable } from "../live-table.js";
import type { Rule } from "../rule.js";

/** There is neither NOT VALID nor USING INDEX for an exclusion constraint (manual, ALTER TABLE). */
export const addExclusion: Rule = {
  id: "add-exclusion",
  severity: "error",
  harm: "stall",
  about: "builds an exclusion constraint while nobody reads or writes",
  kinds: ["AlterTableStmt"],
  check: (statement) => {
    const live = alteredLiveTable(statement);
    if (live === undefined) return [];
    return addedConstraints(statement)
      .filter(({ contype }) => contype === "CONSTR_EXCLUSION")
      .map(() => ({
        message: `adds an exclusion constraint to ${live.name}: an index of all rows is built while nobody reads or writes, and no form of it is quicker`,
        fix: `Make a new table with the constraint, fill it from ${live.name} in batches while a trigger keeps both alike, and let the next release use it; or hold a maintenance window and allow the rule.`,
      }));
  },
};
