import { asNodes } from "../../ast.js";
import { droppedObjects } from "../dropped-objects.js";
import { isMadeAgain } from "../later-in-transaction.js";
import { objectParts } from "../object-names.js";
import type { Rule } from "../rule.js";

/** Without a policy a table under row security shows no row; without a restrictive one it shows too many. */
export const dropPolicy: Rule = {
  id: "drop-policy",
  severity: "error",
  harm: "break",
  about: "drops a policy: rows vanish, or appear to who shall not see them",
  kinds: ["DropStmt"],
  isContractsWork: true,
  check: (statement) => {
    const { fields, schema } = statement;
    if (fields["removeType"] !== "OBJECT_POLICY") return [];
    const [parts] = asNodes(fields["objects"]).map(objectParts);
    const table = schema.idOf(parts?.slice(0, -1) ?? [], schema.tables);
    const [known, name] = [schema.tables.get(table), parts?.at(-1) ?? ""];
    const isMissing = fields["missing_ok"] === true && known?.isWhole === true && !known.policies.has(name);
    if (isMissing || isMadeAgain(statement, table, name)) return [];
    const names = droppedObjects(statement).flatMap(({ name, isOwn }) => (isOwn ? [] : name));
    if (names.length === 0) return [];
    return [
      { message: `drops policy ${names.join(", ")}: the release still running sees fewer rows, or more than it shall` },
    ];
  },
};
