import { asNodes } from "../../ast.js";
import { isOwnTable } from "../own-tables.js";
import type { Rule } from "../rule.js";
import { listParts } from "../schema/schema.js";
import { printId } from "../statement-facts.js";

export const dropTable: Rule = {
  id: "drop-table",
  severity: "error",
  harm: "loss",
  about: "drops a table with its rows",
  kinds: ["DropStmt"],
  isContractsWork: true,
  check: (statement) => {
    const { fields, schema } = statement;
    if (fields["removeType"] !== "OBJECT_TABLE" && fields["removeType"] !== "OBJECT_FOREIGN_TABLE") return [];
    const ids = asNodes(fields["objects"]).map((object) => schema.idOf(listParts(object), schema.tables));
    if (ids.every((id) => isOwnTable(statement, id))) return [];
    const names = ids.map(printId).join(", ");
    return [{ message: `drops table ${names}: its rows are gone, and the release still running fails` }];
  },
};
