import { asNodes } from "../../ast.js";
import { indexName } from "../index-text.js";
import type { Rule } from "../rule.js";
import { printId } from "../statement-facts.js";

const A_FEW = 3;

export const wideIndex: Rule = {
  id: "wide-index",
  severity: "info",
  harm: "practice",
  about: "makes an index of more columns than queries mostly use",
  kinds: ["IndexStmt"],
  check: ({ fields, schema }) => {
    const count = asNodes(fields["indexParams"]).length;
    if (fields["unique"] === true || count <= A_FEW) return [];
    const table = printId(schema.tableId(fields["relation"]));
    const message = `makes index ${indexName(fields)} on ${table} of ${count} columns: those behind the third rarely help, and every write pays for them`;
    return [
      {
        message,
        fix: "Keep the columns that queries compare by =; add others by INCLUDE where only their values are wanted.",
      },
    ];
  },
};
