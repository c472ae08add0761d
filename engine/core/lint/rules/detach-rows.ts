import { asFields, asText, type Fields } from "../../ast.js";
import { isOwnTable } from "../own-tables.js";
import type { JudgedStatement, Rule, Violation } from "../rule.js";
import { alterations, printId } from "../statement-facts.js";

/** The rows stay where they are, and nobody who asks the parent sees them. */
export const detachRows: Rule = {
  id: "detach-rows",
  severity: "error",
  harm: "break",
  about: "takes the rows of a partition or child out of its parent",
  kinds: ["AlterTableStmt"],
  isContractsWork: true,
  check: (statement) => alterations(statement).flatMap((command) => taken(statement, command)),
};

function taken(statement: JudgedStatement, { subtype, def }: Fields): Violation[] {
  const { schema, fields } = statement;
  const id = schema.tableId(fields["relation"]);
  if (asText(subtype) === "AT_DetachPartition") {
    const partition = schema.tableId(asFields(asFields(def)["PartitionCmd"])["name"]);
    if (isOwnTable(statement, id) || isOwnTable(statement, partition)) return [];
    return [violation(partition, id, "and what is written there finds no partition")];
  }
  if (asText(subtype) !== "AT_DropInherit" || isOwnTable(statement, id)) return [];
  return [
    violation(id, schema.tableId(asFields(def)["RangeVar"]), "and no UPDATE or DELETE of the parent reaches them"),
  ];
}

function violation(child: string, parent: string, then: string): Violation {
  return {
    message: `takes the rows of ${printId(child)} out of ${printId(parent)}: who asks ${printId(parent)} misses them, ${then}`,
  };
}
