import { asText } from "../../ast.js";
import type { Rule } from "../rule.js";
import { listParts } from "../schema/schema.js";
import { isNewHere, printId, sqlName } from "../statement-facts.js";
import { quoteLiteral } from "../../quote-identifier.js";

export const renameEnumValue: Rule = {
  id: "rename-enum-value",
  severity: "error",
  harm: "break",
  about: "renames a label that the running release writes and compares",
  kinds: ["AlterEnumStmt"],
  isContractsWork: true,
  check: (statement) => {
    const { fields, schema } = statement;
    const id = schema.idOf(listParts(fields["typeName"]), schema.types);
    const [from, to] = [asText(fields["oldVal"]), asText(fields["newVal"])];
    if (fields["oldVal"] === undefined || isNewHere(statement, schema.types.get(id))) return [];
    const message = `renames the value ${quoteLiteral(from)} of ${printId(id)}: whatever the release still running writes or compares it with fails`;
    const fix = `-- expand; then rows are moved over in batches:\nALTER TYPE ${sqlName(id)} ADD VALUE ${quoteLiteral(to)} AFTER ${quoteLiteral(from)};`;
    return [{ message, fix }];
  },
};
