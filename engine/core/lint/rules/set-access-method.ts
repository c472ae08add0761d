import { asText } from "../../ast.js";
import { liveTable } from "../live-table.js";
import type { Rule } from "../rule.js";
import { alterations } from "../statement-facts.js";

/** Every row is written anew under ACCESS EXCLUSIVE (manual, ALTER TABLE, SET ACCESS METHOD). */
export const setAccessMethod: Rule = {
  id: "set-access-method",
  severity: "error",
  harm: "stall",
  about: "writes a table anew in another access method",
  kinds: ["AlterTableStmt"],
  check: (statement) => {
    const { schema, fields } = statement;
    const live = liveTable(statement, schema.tableId(fields["relation"]));
    // A partitioned table has no rows of its own: only later partitions are made so.
    if (live === undefined || live.table?.kind === "partitioned table") return [];
    return alterations(statement)
      .filter(({ subtype }) => subtype === "AT_SetAccessMethod")
      .map((command) => ({
        message: `stores ${live.name} in the access method ${asText(command["name"]) || "of the default"}: the table is written anew while nobody reads or writes`,
        fix: `Make a new table with USING ${asText(command["name"]) || "heap"}, fill it from ${live.name} in batches while a trigger keeps both alike, and let the next release use it.`,
      }));
  },
};
