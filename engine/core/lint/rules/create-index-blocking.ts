import { concurrentIndex } from "../index-text.js";
import { isOld } from "../held-locks.js";
import type { Rule } from "../rule.js";
import { printId } from "../statement-facts.js";

export const createIndexBlocking: Rule = {
  id: "create-index-blocking",
  severity: "error",
  harm: "stall",
  about: "builds an index while writes wait",
  kinds: ["IndexStmt"],
  check: ({ schema, fields, text, inside, file }) => {
    const id = schema.tableId(fields["relation"]);
    // A partitioned table refuses CONCURRENTLY: a rule of its own says what to do there.
    const kind = schema.tables.get(id)?.kind;
    if (fields["concurrent"] === true || kind === "partitioned table" || !isOld(id, schema, file.order)) return [];
    const fix = inside === undefined ? { fix: `-- in a file of its own:\n${concurrentIndex(text, fields)};` } : {};
    if (kind === "materialized view") {
      // Nobody writes to one but REFRESH.
      return [{ message: `builds an index on ${printId(id)} while its REFRESH waits`, severity: "warning", ...fix }];
    }
    return [{ message: `builds an index on ${printId(id)} while its writes wait`, ...fix }];
  },
};
