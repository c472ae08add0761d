import { asNodes } from "../../ast.js";
import { droppedObjects } from "../dropped-objects.js";
import { isMadeAgain } from "../later-in-transaction.js";
import { mildInPlain } from "../mild-in-plain.js";
import { objectParts, objectWord } from "../object-names.js";
import type { Rule } from "../rule.js";

const KINDS: ReadonlySet<unknown> = new Set(["OBJECT_TRIGGER", "OBJECT_RULE", "OBJECT_EVENT_TRIGGER"]);

export const dropTrigger: Rule = {
  id: "drop-trigger",
  severity: "error",
  harm: "break",
  about: "drops a trigger or rule: what it did with each write is not done any more",
  kinds: ["DropStmt"],
  isContractsWork: true,
  check: (statement) => {
    const { fields, schema } = statement;
    if (!KINDS.has(fields["removeType"])) return [];
    const [parts] = asNodes(fields["objects"]).map(objectParts);
    const table = schema.idOf(parts?.slice(0, -1) ?? [], schema.tables);
    if (isMadeAgain(statement, table, parts?.at(-1) ?? "")) return [];
    const names = droppedObjects(statement).flatMap(({ name, isOwn }) => (isOwn ? [] : name));
    if (names.length === 0) return [];
    const what = `${objectWord(fields["removeType"])} ${names.join(", ")}`;
    return [
      {
        message: `drops ${what}: what the release still running writes is no longer checked, copied or logged by it`,
        ...mildInPlain(statement),
      },
    ];
  },
};
