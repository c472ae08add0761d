import { asText } from "../../ast.js";
import { isOwnTable } from "../own-tables.js";
import type { Rule } from "../rule.js";
import { alterations, isNewHere, printId } from "../statement-facts.js";

export const dropExpression: Rule = {
  id: "drop-expression",
  severity: "error",
  harm: "break",
  about: "makes a generated column an ordinary one, which nobody fills",
  kinds: ["AlterTableStmt"],
  isContractsWork: true,
  check: (statement) => {
    const { schema, fields } = statement;
    const id = schema.tableId(fields["relation"]);
    if (isOwnTable(statement, id)) return [];
    return alterations(statement)
      .filter(({ subtype }) => subtype === "AT_DropExpression")
      .filter(({ name }) => !isNewHere(statement, schema.tables.get(id)?.columns.get(asText(name))))
      .map(({ name }) => ({
        message: `drops the expression of ${printId(id)}.${asText(name)}: rows that the release still running writes have no value there, and changed ones an old one`,
      }));
  },
};
