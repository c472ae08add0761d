import { asNodes, asText, fieldsOf, kindOf } from "../../ast.js";
import type { JudgedStatement, Rule } from "../rule.js";
import { listParts } from "../schema/schema.js";
import { sqlIdentifier } from "../statement-facts.js";

export const invalidIndexRetry: Rule = {
  id: "invalid-index-retry",
  severity: "warning",
  harm: "failure",
  about: "takes an INVALID index of a failed build for the one it wants",
  kinds: ["IndexStmt"],
  isRunnersWork: true,
  check: (statement) => {
    const { fields, text } = statement;
    const name = asText(fields["idxname"]);
    if (fields["concurrent"] !== true || fields["if_not_exists"] !== true || isDroppedBefore(name, statement))
      return [];
    const drop = `DROP INDEX CONCURRENTLY IF EXISTS ${sqlIdentifier(name)};`;
    const create = text.replace(/\bif\s+not\s+exists\s+/i, "");
    return [
      {
        message: `does nothing where a failed build left index ${name} INVALID: writes pay for it and no query uses it`,
        fix: `${drop}\n${create};`,
      },
    ];
  },
};

function isDroppedBefore(name: string, { statements, index }: JudgedStatement): boolean {
  return statements.slice(0, index).some((node) => {
    const fields = fieldsOf(node);
    if (kindOf(node) !== "DropStmt" || fields["removeType"] !== "OBJECT_INDEX") return false;
    return asNodes(fields["objects"]).some((object) => listParts(object).at(-1) === name);
  });
}
