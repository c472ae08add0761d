import { asNodes } from "../../ast.js";
import { isOwnTable } from "../own-tables.js";
import type { JudgedStatement, Rule } from "../rule.js";
import { printId } from "../statement-facts.js";

export const truncate: Rule = {
  id: "truncate",
  severity: "error",
  harm: "loss",
  about: "throws all rows of a table away",
  kinds: ["TruncateStmt"],
  isContractsWork: true,
  check: (statement) => {
    const { fields, schema } = statement;
    const ids = asNodes(fields["relations"]).map(({ RangeVar }) => schema.tableId(RangeVar));
    const cascaded = fields["behavior"] === "DROP_CASCADE" ? ids.flatMap((id) => referrers(statement, id)) : [];
    if ([...ids, ...cascaded].every((id) => isOwnTable(statement, id))) return [];
    const names = ids.map(printId).join(", ");
    const reach = fields["behavior"] === "DROP_CASCADE" ? " and of every table that refers to it" : "";
    return [{ message: `throws all rows of ${names}${reach} away, while nobody reads or writes` }];
  },
};

/** Tables with a foreign key to it, as far as the files show them. */
function referrers({ schema }: JudgedStatement, id: string): string[] {
  return [...schema.tables.values()]
    .filter(({ constraints }) => [...constraints.values()].some(({ references }) => references === id))
    .map((table) => table.id);
}
