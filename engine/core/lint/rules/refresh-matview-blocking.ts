import { isOld } from "../held-locks.js";
import type { Rule } from "../rule.js";
import { printId, sqlName } from "../statement-facts.js";

export const refreshMatviewBlocking: Rule = {
  id: "refresh-matview-blocking",
  severity: "error",
  harm: "stall",
  about: "computes a materialized view anew while its readers wait",
  kinds: ["RefreshMatViewStmt"],
  check: ({ fields, schema, file }) => {
    const id = schema.tableId(fields["relation"]);
    if (fields["concurrent"] === true || !isOld(id, schema, file.order)) return [];
    if (fields["skipData"] === true) {
      const message = `empties materialized view ${printId(id)}: every query of it fails until the next REFRESH`;
      return [{ message, fix: `REFRESH MATERIALIZED VIEW CONCURRENTLY ${sqlName(id)};` }];
    }
    const hasUnique = schema
      .indexesOf(id)
      .some(({ isUnique, isPartial, columns }) => isUnique && !isPartial && !columns.includes(null));
    const index = `-- a file of its own, with the columns that tell its rows apart:\nCREATE UNIQUE INDEX CONCURRENTLY ON ${sqlName(id)} (…);\n-- a file of its own:\n`;
    return [
      {
        message: `computes materialized view ${printId(id)} anew while its readers wait`,
        fix: `${hasUnique ? "" : index}REFRESH MATERIALIZED VIEW CONCURRENTLY ${sqlName(id)};`,
      },
    ];
  },
};
