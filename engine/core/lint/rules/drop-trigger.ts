import { asNodes, asText, fieldsOf, kindOf } from "../../ast.js";
import { isOld } from "../held-locks.js";
import type { JudgedStatement, Rule, Violation } from "../rule.js";
import { listParts } from "../schema/schema.js";
import { printId } from "../statement-facts.js";

export const dropTrigger: Rule = {
  id: "drop-trigger",
  severity: "error",
  harm: "break",
  about: "drops a trigger that writes of the release still running count on",
  kinds: ["DropStmt"],
  isContractsWork: true,
  check: (statement) => {
    const { fields, schema, file } = statement;
    if (fields["removeType"] !== "OBJECT_TRIGGER") return [];
    return asNodes(fields["objects"]).flatMap((object): Violation[] => {
      const parts = listParts(object);
      const [table, name] = [schema.idOf(parts.slice(0, -1), schema.tables), parts.at(-1) ?? ""];
      const isRepeat = fields["missing_ok"] === true && schema.tables.get(table)?.triggers.has(name) === false;
      if (!isOld(table, schema, file.order) || isMadeAgain(table, name, statement)) return [];
      // Whether the release still running needs it, only a folder with phases tells; a guard in front of a CREATE drops nothing.
      if (isRepeat && schema.tables.get(table)?.isWhole === true) return [];
      const severity = file.manner === "plain" ? "warning" : "error";
      const message = `drops trigger ${name} of ${printId(table)}: rows that the release still running writes go without what it did`;
      return [{ message, severity }];
    });
  },
};

function isMadeAgain(table: string, name: string, { statements, index, schema }: JudgedStatement): boolean {
  return statements.slice(index + 1).some((node) => {
    const fields = fieldsOf(node);
    const isTrigger = kindOf(node) === "CreateTrigStmt" && asText(fields["trigname"]) === name;
    return isTrigger && schema.tableId(fields["relation"]) === table;
  });
}
