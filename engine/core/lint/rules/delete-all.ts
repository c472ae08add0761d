import { asNodes } from "../../ast.js";
import { isOwnTable } from "../own-tables.js";
import { rowsReached, sourcesOf } from "../row-condition.js";
import type { Rule } from "../rule.js";
import { printId } from "../statement-facts.js";

export const deleteAll: Rule = {
  id: "delete-all",
  severity: "error",
  harm: "loss",
  about: "deletes every row of a table",
  kinds: ["DeleteStmt"],
  isContractsWork: true,
  check: (statement) => {
    const { fields, schema } = statement;
    const id = schema.tableId(fields["relation"]);
    if (isOwnTable(statement, id)) return [];
    const others = sourcesOf(fields["usingClause"]);
    const reach = rowsReached(fields["whereClause"], { schema, relation: fields["relation"], others });
    if (reach === "some" || reach === "none") return [];
    const isGuarded = fields["whereClause"] !== undefined || asNodes(fields["usingClause"]).length > 0;
    const why = isGuarded ? ": its condition tells no row from another" : "";
    return [{ message: `deletes every row of ${printId(id)}${why}` }];
  },
};
