import { isNewHere, printId } from "../statement-facts.js";
import type { Rule } from "../rule.js";

export const createIndexBlocking: Rule = {
  id: "create-index-blocking",
  severity: "error",
  harm: "stall",
  about: "builds an index while writes wait",
  kinds: ["IndexStmt"],
  check: (statement) => {
    const { schema, fields, text } = statement;
    const table = schema.table(fields["relation"]);
    // A partitioned table refuses CONCURRENTLY: a rule of its own says what to do there.
    if (fields["concurrent"] === true || table?.kind === "partitioned table" || isNewHere(statement, table)) return [];
    const id = schema.tableId(fields["relation"]);
    const message = `builds an index on ${printId(id)} while its writes wait`;
    const fix = text.replace(/^(create\s+(?:unique\s+)?index)\b/i, "$1 CONCURRENTLY");
    return [{ message, ...(statement.inside === undefined && { fix: `-- in a file of its own:\n${fix};` }) }];
  },
};
