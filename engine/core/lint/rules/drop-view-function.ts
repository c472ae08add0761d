import { droppedObjects } from "../dropped-objects.js";
import { objectWord } from "../object-names.js";
import type { Rule } from "../rule.js";

const KINDS: ReadonlySet<unknown> = new Set([
  "OBJECT_VIEW",
  "OBJECT_MATVIEW",
  "OBJECT_FUNCTION",
  "OBJECT_PROCEDURE",
  "OBJECT_ROUTINE",
  "OBJECT_AGGREGATE",
  "OBJECT_SEQUENCE",
]);

export const dropViewFunction: Rule = {
  id: "drop-view-function",
  severity: "error",
  harm: "break",
  about: "drops a view, function or sequence that the running release asks for",
  kinds: ["DropStmt"],
  isContractsWork: true,
  check: (statement) => {
    const type = statement.fields["removeType"];
    if (!KINDS.has(type)) return [];
    const names = droppedObjects(statement).flatMap(({ name, isOwn }) => (isOwn ? [] : name));
    if (names.length === 0) return [];
    const message = `drops ${objectWord(type)} ${names.join(", ")}: what of the release still running asks for it fails at once`;
    return [{ message }];
  },
};
