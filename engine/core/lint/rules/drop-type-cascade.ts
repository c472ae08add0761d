import { asNodes } from "../../ast.js";
import { objectParts, objectWord } from "../object-names.js";
import type { Rule } from "../rule.js";
import { isNewHere, printId } from "../statement-facts.js";

const TYPES: ReadonlySet<unknown> = new Set(["OBJECT_TYPE", "OBJECT_DOMAIN", "OBJECT_EXTENSION"]);

/** The columns of the type go with it (manual, DROP TYPE, CASCADE). */
export const dropTypeCascade: Rule = {
  id: "drop-type-cascade",
  severity: "error",
  harm: "loss",
  about: "drops a type with CASCADE, and with it every column of that type",
  kinds: ["DropStmt"],
  isContractsWork: true,
  check: (statement) => {
    const { fields, schema } = statement;
    if (!TYPES.has(fields["removeType"]) || fields["behavior"] !== "DROP_CASCADE") return [];
    const isExtension = fields["removeType"] === "OBJECT_EXTENSION";
    const ids = asNodes(fields["objects"]).map((object) =>
      isExtension ? objectParts(object).join(".") : schema.idOf(objectParts(object), schema.types),
    );
    if (!isExtension && ids.every((id) => isNewHere(statement, schema.types.get(id)))) return [];
    const what = `${objectWord(fields["removeType"])} ${ids.map(printId).join(", ")}`;
    return [{ message: `drops ${what} with CASCADE: every column of that type is gone with its values` }];
  },
};
