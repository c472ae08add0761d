import { asText } from "../../ast.js";
import { isOwnTable } from "../own-tables.js";
import type { JudgedStatement, Rule, Violation } from "../rule.js";
import { listParts } from "../schema/schema.js";
import { alterations, isNewHere, printId } from "../statement-facts.js";

export const dropNotNull: Rule = {
  id: "drop-not-null",
  severity: "warning",
  harm: "break",
  about: "lets NULL in where the running release expects a value",
  kinds: ["AlterTableStmt", "AlterDomainStmt"],
  check: (statement) => (statement.kind === "AlterDomainStmt" ? ofDomain(statement) : ofTable(statement)),
};

function ofTable(statement: JudgedStatement): Violation[] {
  const { schema, fields } = statement;
  const id = schema.tableId(fields["relation"]);
  if (isOwnTable(statement, id)) return [];
  return alterations(statement)
    .filter(({ subtype }) => subtype === "AT_DropNotNull")
    .filter(({ name }) => !isNewHere(statement, schema.tables.get(id)?.columns.get(asText(name))))
    .map(({ name }) => violation(`${printId(id)}.${asText(name)}`));
}

function ofDomain(statement: JudgedStatement): Violation[] {
  const { schema, fields } = statement;
  const id = schema.idOf(listParts(fields["typeName"]), schema.types);
  if (fields["subtype"] !== "N" || isNewHere(statement, schema.types.get(id))) return [];
  return [violation(`domain ${printId(id)}`)];
}

function violation(what: string): Violation {
  return { message: `lets NULL into ${what}: the release still running may not expect it when it reads` };
}
