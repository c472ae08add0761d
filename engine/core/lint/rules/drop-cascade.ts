import { asText } from "../../ast.js";
import { isScratch } from "../../scratch-schema.js";
import { droppedObjects } from "../dropped-objects.js";
import { objectWord } from "../object-names.js";
import { isOwnTable } from "../own-tables.js";
import type { JudgedStatement, Rule } from "../rule.js";
import { alterations, isNewHere, printId } from "../statement-facts.js";

/** Asked in a contract, too: what nobody listed, nobody approved. */
export const dropCascade: Rule = {
  id: "drop-cascade",
  severity: "error",
  harm: "loss",
  about: "drops with CASCADE what nobody listed",
  kinds: ["DropStmt", "AlterTableStmt"],
  check: (statement) => {
    const { kind, file, text, inside } = statement;
    const dropped = kind === "DropStmt" ? droppedWithAll(statement) : droppedOfTable(statement);
    if (dropped.length === 0) return [];
    const alone = /^(.*\S)\s+cascade\s*$/is.exec(text)?.[1];
    return [
      {
        message: `drops ${dropped.join(", ")} with CASCADE: whatever depends on it goes, too, and no file lists it`,
        ...(file.phase === "contract" && { severity: "warning" }),
        ...(alone !== undefined &&
          inside === undefined && { fix: `-- what depends on it first, by name; then:\n${alone};` }),
      },
    ];
  },
};

function droppedWithAll(statement: JudgedStatement): string[] {
  if (statement.fields["behavior"] !== "DROP_CASCADE") return [];
  const word = objectWord(statement.fields["removeType"]);
  return droppedObjects(statement)
    .filter(({ name, isOwn }) => !isOwn || isOldScratch(statement, name))
    .map(({ name }) => `${word} ${name}`);
}

/** Nobody reads a scratch table, but a view may stand on one that an earlier file left. */
function isOldScratch(statement: JudgedStatement, name: string): boolean {
  const isThere = isScratch(name.slice(0, name.indexOf(".")));
  return isThere && !isNewHere(statement, statement.schema.tables.get(name));
}

function droppedOfTable(statement: JudgedStatement): string[] {
  const { schema, fields } = statement;
  const id = schema.tableId(fields["relation"]);
  if (isOwnTable(statement, id)) return [];
  return alterations(statement)
    .filter(
      ({ subtype, behavior }) => /^AT_Drop(?:Column|Constraint)$/.test(asText(subtype)) && behavior === "DROP_CASCADE",
    )
    .map(
      ({ subtype, name }) => `${subtype === "AT_DropColumn" ? "column" : "constraint"} ${printId(id)}.${asText(name)}`,
    );
}
