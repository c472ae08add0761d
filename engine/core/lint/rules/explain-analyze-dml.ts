import { asFields, fieldsOf, isOptionOn, kindOf } from "../../ast.js";
import type { AstNode } from "../../ports.js";
import { nestedStatements } from "../nested-statements.js";
import { isOwnTable } from "../own-tables.js";
import type { Rule } from "../rule.js";
import { printId } from "../statement-facts.js";

const CHANGES: Readonly<Record<string, string>> = {
  UpdateStmt: "overwrites rows of",
  DeleteStmt: "deletes rows of",
  MergeStmt: "changes rows of",
};

/** ANALYZE executes the statement (manual, EXPLAIN, "Important"). */
export const explainAnalyzeDml: Rule = {
  id: "explain-analyze-dml",
  severity: "error",
  harm: "loss",
  about: "really runs the change that EXPLAIN seems only to explain",
  kinds: ["ExplainStmt"],
  check: (statement) => {
    const { fields, schema, text, inside } = statement;
    if (!isOptionOn(fields["options"], "analyze")) return [];
    const changed = nestedStatements(asFields(fields["query"])).find((one) => isOldChange(one.node));
    if (changed === undefined) return [];
    const what = `${CHANGES[kindOf(changed.node)] ?? ""} ${printId(schema.tableId(fieldsOf(changed.node)["relation"]))}`;
    const query = /\b(?:with|update|delete|merge|create|insert)\b.*$/is.exec(text)?.[0];
    return [
      {
        message: `${what}: EXPLAIN ANALYZE runs what it explains`,
        ...(inside === undefined && query !== undefined && { fix: `EXPLAIN ${query};` }),
      },
    ];

    function isOldChange(node: AstNode): boolean {
      return kindOf(node) in CHANGES && !isOwnTable(statement, schema.tableId(fieldsOf(node)["relation"]));
    }
  },
};
