import { asFields } from "../../ast.js";
import { isOwnTable } from "../own-tables.js";
import type { Rule } from "../rule.js";
import { alterations, printId } from "../statement-facts.js";

/** The other way round of detach-rows: more is there than the running release counts on. */
export const inheritRows: Rule = {
  id: "inherit-rows",
  severity: "warning",
  harm: "break",
  about: "puts the rows of a table into those of a parent",
  kinds: ["AlterTableStmt"],
  check: (statement) => {
    const { schema, fields } = statement;
    const child = schema.tableId(fields["relation"]);
    return alterations(statement)
      .filter(({ subtype }) => subtype === "AT_AddInherit")
      .map(({ def }) => schema.tableId(asFields(asFields(def)["RangeVar"])))
      .filter((parent) => !isOwnTable(statement, parent))
      .map((parent) => ({
        message: `puts the rows of ${printId(child)} into ${printId(parent)}: who reads, changes or deletes rows of ${printId(parent)} from now on reaches them, too`,
        fix: `Let what shall not reach them say ONLY ${printId(parent)}, in the release before.`,
      }));
  },
};
