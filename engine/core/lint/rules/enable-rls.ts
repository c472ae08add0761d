import { asText, fieldsOf, kindOf } from "../../ast.js";
import type { AstNode } from "../../ports.js";
import { laterInTransaction } from "../later-in-transaction.js";
import { isOwnTable } from "../own-tables.js";
import type { JudgedStatement, Rule } from "../rule.js";
import { alterations, printId, sqlName } from "../statement-facts.js";

const COMMANDS = ["select", "insert", "update", "delete"] as const;

/** Without a policy that lets them through, no row is there for anybody but the owner (manual, "Row Security Policies"). */
export const enableRls: Rule = {
  id: "enable-rls",
  severity: "error",
  harm: "break",
  about: "puts a table under row security before its policies are there",
  kinds: ["AlterTableStmt"],
  check: (statement) => {
    const { schema, fields } = statement;
    const id = schema.tableId(fields["relation"]);
    const isForced = alterations(statement).some(({ subtype }) => subtype === "AT_ForceRowSecurity");
    const isEnabled = alterations(statement).some(({ subtype }) => subtype === "AT_EnableRowSecurity");
    if ((!isForced && !isEnabled) || isOwnTable(statement, id)) return [];
    const missing = refusedBy(statement, id);
    if (missing.length === 0) return [];
    const whom = isForced ? "its owner included" : "for all but its owner";
    const message = `puts ${printId(id)} under row security while no policy lets ${missing.join(", ").toUpperCase()} through: for the release still running, ${whom}, its rows are gone`;
    return [
      { message, fix: `-- first, in the same transaction:\nCREATE POLICY everybody ON ${sqlName(id)} USING (true);` },
    ];
  },
};

/** A policy of an earlier file counts for all commands. */
function refusedBy(statement: JudgedStatement, id: string): readonly string[] {
  const { schema, statements, index } = statement;
  const policiesIn = (nodes: readonly AstNode[]) =>
    nodes
      .filter((node) => kindOf(node) === "CreatePolicyStmt" && schema.tableId(fieldsOf(node)["table"]) === id)
      .map(fieldsOf);
  const before = policiesIn(statements.slice(0, index));
  if ((schema.tables.get(id)?.policies.size ?? 0) > before.length) return [];
  const allowed = new Set(
    [...before, ...policiesIn(laterInTransaction(statement))]
      .filter(({ permissive }) => permissive === true)
      .map(({ cmd_name }) => asText(cmd_name)),
  );
  return allowed.has("all") ? [] : COMMANDS.filter((command) => !allowed.has(command));
}
