import { asNodes, asText, kindOf } from "../../ast.js";
import { isOwnTable } from "../own-tables.js";
import type { Rule } from "../rule.js";
import { isNewHere, printId } from "../statement-facts.js";

const WRITES: Readonly<Record<string, string>> = { CMD_INSERT: "INSERT", CMD_UPDATE: "UPDATE", CMD_DELETE: "DELETE" };

/** INSTEAD NOTHING: the client is told of 0 rows, and of no error (manual, CREATE RULE). */
export const createRuleInstead: Rule = {
  id: "create-rule-instead",
  severity: "error",
  harm: "loss",
  about: "makes a table ignore the writes of the application",
  kinds: ["RuleStmt"],
  check: (statement) => {
    const { fields, schema } = statement;
    const write = WRITES[asText(fields["event"])];
    const id = schema.tableId(fields["relation"]);
    const isNew = isOwnTable(statement, id) || isNewHere(statement, schema.tables.get(id));
    if (fields["instead"] !== true || write === undefined || isNew) return [];
    const table = printId(id);
    if (asNodes(fields["actions"]).every((action) => kindOf(action) === "SelectStmt")) {
      const fix = `Revoke ${write} on ${table} in a contract instead: the writer is told then.`;
      return [{ message: `makes ${table} ignore every ${write}: the rows are lost, and no writer is told`, fix }];
    }
    const message = `sends every ${write} of ${table} elsewhere: the table itself is written no more`;
    return [{ message, severity: "warning" }];
  },
};
