import { asNodes, asText, fieldsOf, kindOf, type Fields } from "../../ast.js";
import { holdsOutside } from "../outside-transactions.js";
import type { JudgedStatement, Rule } from "../rule.js";
import { listParts } from "../schema/schema.js";

/** Our runner goes on behind the last finished statement. */
export const notRepeatable: Rule = {
  id: "not-repeatable",
  severity: "warning",
  harm: "failure",
  about: "fails on the second run of a file that is no transaction",
  kinds: ["CreateSchemaStmt", "CreateSeqStmt", "CreateStmt", "CreateTableAsStmt", "DropStmt", "IndexStmt"],
  isRunnersWork: true,
  check: (statement) => {
    const { transaction, inside, around, statements } = statement;
    if (transaction.isBlock || inside !== undefined || around.length > 0) return [];
    if (statements.length < 2 || !holdsOutside(statements) || isGuarded(statement)) return [];
    const guard = statement.kind === "DropStmt" ? "IF EXISTS" : "IF NOT EXISTS";
    const message = "fails when the file is run once more after a failure behind it";
    return [{ message, fix: `Write it with ${guard}, or give it a file of its own.` }];
  },
};

function isGuarded({ kind, fields, statements, index }: JudgedStatement): boolean {
  if (fields["missing_ok"] === true || fields["if_not_exists"] === true) return true;
  if (kind !== "IndexStmt") return false;
  const name = asText(fields["idxname"]);
  return name === "" || statements.slice(0, index).some((node) => dropsIfThere(kindOf(node), fieldsOf(node), name));
}

function dropsIfThere(kind: string, fields: Fields, name: string): boolean {
  if (kind !== "DropStmt" || fields["missing_ok"] !== true) return false;
  return asNodes(fields["objects"]).some((object) => listParts(object).at(-1) === name);
}
