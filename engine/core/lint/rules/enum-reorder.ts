import { asText } from "../../ast.js";
import { quoteLiteral } from "../../quote-identifier.js";
import type { Rule } from "../rule.js";
import { listParts } from "../schema/schema.js";
import { isNewHere, printId, sqlName } from "../statement-facts.js";

export const enumReorder: Rule = {
  id: "enum-reorder",
  severity: "info",
  harm: "practice",
  about: "adds an enum value without saying where it sorts",
  kinds: ["AlterEnumStmt"],
  check: (statement) => {
    const { fields, schema } = statement;
    const id = schema.idOf(listParts(fields["typeName"]), schema.types);
    const type = schema.types.get(id);
    if (fields["oldVal"] !== undefined || asText(fields["newValNeighbor"]) !== "" || isNewHere(statement, type))
      return [];
    const value = quoteLiteral(asText(fields["newVal"]));
    const last = type?.kind === "enum" ? type.labels.at(-1) : undefined;
    const fix =
      last === undefined ? undefined : `ALTER TYPE ${sqlName(id)} ADD VALUE ${value} AFTER ${quoteLiteral(last)};`;
    const message = `adds ${value} to ${printId(id)} without saying where: it sorts after all others`;
    return [{ message, ...(fix !== undefined && { fix }) }];
  },
};
