import { asFields, asNodes, asText, fieldsOf, kindOf } from "../ast.js";
import type { AstNode } from "../ports.js";
import type { JudgedStatement } from "./rule.js";
import { transactionStep } from "./transactions.js";

/**
 * The statements after this one that become visible together with it; none where it commits by itself. Those of a body that this one
 * stands in are not among them.
 */
export function laterInTransaction({ statements, index, inside, transaction }: JudgedStatement): readonly AstNode[] {
  if (!transaction.isBlock || inside !== undefined) return [];
  const later = statements.slice(index + 1);
  const end = later.findIndex((node) => ["commits", "rolls back"].includes(transactionStep(node)));
  return end < 0 ? later : later.slice(0, end);
}

/** Whether the same transaction makes a trigger or policy of that name on that table again. */
export function isMadeAgain(statement: JudgedStatement, table: string, name: string): boolean {
  return laterInTransaction(statement).some((node) => {
    const fields = fieldsOf(node);
    const isTrigger = kindOf(node) === "CreateTrigStmt" && asText(fields["trigname"]) === name;
    const isPolicy = kindOf(node) === "CreatePolicyStmt" && asText(fields["policy_name"]) === name;
    return (isTrigger || isPolicy) && statement.schema.tableId(fields["relation"] ?? fields["table"]) === table;
  });
}

/** Whether the same transaction grants something on that table or view later. */
export function isGrantedLater(statement: JudgedStatement, id: string): boolean {
  return laterInTransaction(statement).some(
    (node) =>
      kindOf(node) === "GrantStmt" &&
      fieldsOf(node)["is_grant"] === true &&
      asNodes(fieldsOf(node)["objects"]).some(({ RangeVar }) => statement.schema.newId(partsOf(RangeVar)) === id),
  );
}

function partsOf(rangeVar: unknown): string[] {
  const { schemaname, relname } = asFields(rangeVar);
  return [asText(schemaname), asText(relname)].filter((part) => part !== "");
}
