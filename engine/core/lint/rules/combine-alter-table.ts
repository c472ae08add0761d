import { asFields, asNodes, fieldsOf, kindOf, type Fields } from "../../ast.js";
import { isOld } from "../held-locks.js";
import type { Rule } from "../rule.js";
import { printId } from "../statement-facts.js";

export const combineAlterTable: Rule = {
  id: "combine-alter-table",
  severity: "info",
  harm: "stall",
  about: "reads or writes a whole table once more in the same transaction",
  kinds: ["AlterTableStmt"],
  check: ({ fields, schema, file, transaction }) => {
    const id = schema.tableId(fields["relation"]);
    if (!transaction.isBlock || !scans(fields) || !isOld(id, schema, file.order)) return [];
    const before = transaction.earlier.some(
      ({ node }) =>
        kindOf(node) === "AlterTableStmt" && schema.tableId(fieldsOf(node)["relation"]) === id && scans(fieldsOf(node)),
    );
    if (!before) return [];
    const message = `goes through all rows of ${printId(id)} once more: one ALTER TABLE with both commands does it in one pass`;
    return [{ message, fix: "Join it to the ALTER TABLE before it, with a comma between the commands." }];
  },
};

function scans(fields: Fields): boolean {
  return asNodes(fields["cmds"]).some((node) => {
    const { subtype, def } = asFields(node["AlterTableCmd"]);
    const constraint = asFields(asFields(def)["Constraint"]);
    if (subtype === "AT_AddConstraint") {
      return constraint["contype"] === "CONSTR_CHECK" && constraint["skip_validation"] !== true;
    }
    return subtype === "AT_SetNotNull" || subtype === "AT_AlterColumnType" || subtype === "AT_ValidateConstraint";
  });
}
