import { asFields, asText, type Fields } from "../../ast.js";
import { isOwnTable } from "../own-tables.js";
import type { Rule } from "../rule.js";
import { columnConstraints } from "../schema/read-column.js";
import { alterations, printId } from "../statement-facts.js";

export const cascadeFk: Rule = {
  id: "cascade-fk",
  severity: "info",
  harm: "practice",
  about: "lets later deletes spread to an old table",
  kinds: ["AlterTableStmt"],
  check: (statement) => {
    const { schema, fields } = statement;
    const id = schema.tableId(fields["relation"]);
    if (isOwnTable(statement, id)) return [];
    return alterations(statement)
      .flatMap(addedConstraints)
      .filter(({ contype, fk_del_action }) => contype === "CONSTR_FOREIGN" && fk_del_action === "c")
      .map(({ pktable }) => {
        const parent = printId(schema.tableId(pktable));
        const message = `lets each later DELETE from ${parent} delete rows of ${printId(id)}, too`;
        return {
          message,
          fix: `ON DELETE NO ACTION, and the rows of ${printId(id)} deleted first by who deletes from ${parent}.`,
        };
      });
  },
};

function addedConstraints({ subtype, def }: Fields): Fields[] {
  const definition = asFields(def);
  if (asText(subtype) === "AT_AddColumn") return columnConstraints(asFields(definition["ColumnDef"]));
  return asText(subtype) === "AT_AddConstraint" ? [asFields(definition["Constraint"])] : [];
}
