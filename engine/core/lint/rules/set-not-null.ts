import { asText, asTexts } from "../../ast.js";
import { addedColumns, addedConstraints } from "../added-columns.js";
import { alteredLiveTable } from "../live-table.js";
import type { JudgedStatement, Rule } from "../rule.js";
import { isProvenNotNull, notNull, sqlLines } from "../safe-forms.js";
import { alterations } from "../statement-facts.js";

/** PostgreSQL 12 and later skip the scan where a valid CHECK proves it (manual, ALTER TABLE, SET NOT NULL). */
export const setNotNull: Rule = {
  id: "set-not-null",
  severity: "error",
  harm: "stall",
  about: "scans the whole table while nobody reads or writes",
  kinds: ["AlterTableStmt"],
  check: (statement) => {
    const live = alteredLiveTable(statement);
    if (live === undefined) return [];
    const unproven = columnsSet(statement).filter((column) => !isProvenNotNull(live, column));
    return [...unproven, ...virtualColumns(statement)].map((column) => ({
      message: `makes ${live.name}.${column} NOT NULL: every row is read while nobody reads or writes`,
      fix: sqlLines(notNull(live, column, statement.file.server)),
    }));
  },
};

/** By SET NOT NULL, or since PostgreSQL 18 by ADD CONSTRAINT … NOT NULL. */
function columnsSet(statement: JudgedStatement): string[] {
  const set = alterations(statement).filter(({ subtype }) => subtype === "AT_SetNotNull");
  const added = addedConstraints(statement).filter(
    ({ contype, skip_validation }) => contype === "CONSTR_NOTNULL" && skip_validation !== true,
  );
  return [...set.map((command) => asText(command["name"])), ...added.flatMap(({ keys }) => asTexts(keys))];
}

/** A new virtual column has a value for each row, made when it is read. */
function virtualColumns(statement: JudgedStatement): string[] {
  return addedColumns(statement)
    .filter(({ constraints }) => constraints.some(({ generated_kind }) => generated_kind === "v"))
    .filter(({ constraints }) => constraints.some(({ contype }) => contype === "CONSTR_NOTNULL"))
    .map(({ name }) => name);
}
