import { asNodes } from "../../ast.js";
import { isScratch } from "../../scratch-schema.js";
import { objectParts } from "../object-names.js";
import { isOwnTable } from "../own-tables.js";
import type { JudgedStatement, Rule } from "../rule.js";
import { isNewHere } from "../statement-facts.js";

export const dropSchema: Rule = {
  id: "drop-schema",
  severity: "error",
  harm: "loss",
  about: "drops a schema, with CASCADE all that is in it",
  kinds: ["DropStmt"],
  isContractsWork: true,
  check: (statement) => {
    const { fields } = statement;
    if (fields["removeType"] !== "OBJECT_SCHEMA") return [];
    const names = asNodes(fields["objects"]).map((object) => objectParts(object).join("."));
    const old = names.filter((name) => !isOwn(statement, name));
    if (old.length === 0) return [];
    const loss =
      fields["behavior"] === "DROP_CASCADE"
        ? "every table, view and function in it is gone"
        : "what the release still running looks for there is gone";
    return [{ message: `drops schema ${old.join(", ")}: ${loss}` }];
  },
};

/** The file made it, and holds all tables that were put there. */
function isOwn(statement: JudgedStatement, name: string): boolean {
  const { schema } = statement;
  const inside = [...schema.tables.keys()].filter((id) => id.startsWith(`${name}.`));
  if (isScratch(name)) return true;
  return isNewHere(statement, makerOf(schema.schemas.get(name))) && inside.every((id) => isOwnTable(statement, id));
}

function makerOf<T>(maker: T | undefined): { readonly maker: T } | undefined {
  return maker === undefined ? undefined : { maker };
}
