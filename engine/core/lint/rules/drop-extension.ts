import { droppedObjects } from "../dropped-objects.js";
import type { Rule } from "../rule.js";

export const dropExtension: Rule = {
  id: "drop-extension",
  severity: "error",
  harm: "break",
  about: "drops an extension with its functions and operators",
  kinds: ["DropStmt"],
  isContractsWork: true,
  check: (statement) => {
    const { removeType, behavior } = statement.fields;
    // With CASCADE columns go, too: drop-type-cascade tells of that.
    if (removeType !== "OBJECT_EXTENSION" || behavior === "DROP_CASCADE") return [];
    const names = droppedObjects(statement).map(({ name }) => name);
    const message = `drops extension ${names.join(", ")}: what of the release still running calls its functions fails at once`;
    return [{ message }];
  },
};
