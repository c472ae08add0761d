import { addedColumns } from "../added-columns.js";
import { alteredLiveTable } from "../live-table.js";
import { numberedColumn } from "../numbered-column.js";
import type { Rule } from "../rule.js";

/** An identity column numbers the rows that are there (manual, ALTER TABLE, Notes: the table is rewritten). */
export const addColumnIdentity: Rule = {
  id: "add-column-identity",
  severity: "error",
  harm: "stall",
  about: "adds an identity column to a table with rows",
  kinds: ["AlterTableStmt"],
  check: (statement) => {
    const live = alteredLiveTable(statement);
    if (live === undefined) return [];
    return addedColumns(statement)
      .filter(({ constraints }) => constraints.some(({ contype }) => contype === "CONSTR_IDENTITY"))
      .map(({ name, type }) => ({
        message: `adds ${live.name}.${name} as identity: every row gets a number, so the table is written anew while nobody reads or writes`,
        fix: numberedColumn(live, name, type.name, statement.file.server),
      }));
  },
};
