import { asText } from "../../ast.js";
import { addedConstraints } from "../added-columns.js";
import { alteredLiveTable } from "../live-table.js";
import type { Rule, Violation } from "../rule.js";
import { isProvenNotNull, notNull, sqlLines } from "../safe-forms.js";

/** The index is taken over as it is; its columns become NOT NULL, which reads the table (manual, ALTER TABLE, USING INDEX). */
export const pkUsingIndexNullable: Rule = {
  id: "pk-using-index-nullable",
  severity: "error",
  harm: "stall",
  about: "makes nullable columns a primary key by an index",
  kinds: ["AlterTableStmt"],
  check: (statement) => {
    const live = alteredLiveTable(statement);
    if (live === undefined) return [];
    return addedConstraints(statement)
      .filter(({ contype, indexname }) => contype === "CONSTR_PRIMARY" && indexname !== undefined)
      .flatMap(({ indexname }): Violation[] => {
        const name = asText(indexname);
        const index = statement.schema.indexes.get(`${live.id.slice(0, live.id.indexOf("."))}.${name}`);
        if (index === undefined) {
          const message = `makes the index ${name} the primary key of ${live.name}, whose columns no file shows: if one may be NULL, every row is read while nobody reads or writes`;
          return [{ message }];
        }
        const nullable = index.columns.flatMap((column) => column ?? []).filter((one) => !isProvenNotNull(live, one));
        if (nullable.length === 0) return [];
        const message = `makes the index ${name} the primary key of ${live.name}, where ${nullable.join(", ")} may be NULL: every row is read while nobody reads or writes`;
        return [{ message, fix: sqlLines(...nullable.map((one) => notNull(live, one, statement.file.server))) }];
      });
  },
};
