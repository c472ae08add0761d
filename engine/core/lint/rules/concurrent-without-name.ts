import { asText } from "../../ast.js";
import { indexName } from "../index-text.js";
import type { Rule } from "../rule.js";
import { printId, sqlIdentifier } from "../statement-facts.js";

/** Our runner finds what a cut-off build left by its definition. */
export const concurrentWithoutName: Rule = {
  id: "concurrent-without-name",
  severity: "warning",
  harm: "failure",
  about: "builds an index CONCURRENTLY that has no name",
  kinds: ["IndexStmt"],
  isRunnersWork: true,
  check: ({ fields, schema, text }) => {
    if (fields["concurrent"] !== true || asText(fields["idxname"]) !== "") return [];
    const table = printId(schema.tableId(fields["relation"]));
    const fix = text.replace(/(\bconcurrently)\b/i, `$1 ${sqlIdentifier(indexName(fields))}`);
    const message = `gives the index on ${table} no name: every build that fails leaves one more INVALID index under another name`;
    return [{ message, fix: `${fix};` }];
  },
};
