import { droppedObjects } from "../dropped-objects.js";
import { mildInPlain } from "../mild-in-plain.js";
import { objectWord } from "../object-names.js";
import type { Rule } from "../rule.js";

/** Without CASCADE no column has the type any more; only casts and arguments can. */
export const dropType: Rule = {
  id: "drop-type",
  severity: "error",
  harm: "break",
  about: "drops a type that the running release may name",
  kinds: ["DropStmt"],
  isContractsWork: true,
  check: (statement) => {
    const { removeType, behavior } = statement.fields;
    if ((removeType !== "OBJECT_TYPE" && removeType !== "OBJECT_DOMAIN") || behavior === "DROP_CASCADE") return [];
    const names = droppedObjects(statement).flatMap(({ name, isOwn }) => (isOwn ? [] : name));
    if (names.length === 0) return [];
    const message = `drops ${objectWord(removeType)} ${names.join(", ")}: a release still running that casts to it fails`;
    return [{ message, ...mildInPlain(statement) }];
  },
};
