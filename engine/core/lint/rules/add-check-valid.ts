import { addedAndChecked, type AddedConstraint } from "../added-columns.js";
import { namedConstraint } from "../constraint-name.js";
import { alteredLiveTable, type LiveTable } from "../live-table.js";
import type { JudgedStatement, Rule } from "../rule.js";
import { sqlLines, validate } from "../safe-forms.js";
import { sqlIdentifier } from "../statement-facts.js";
import { writtenAlterTable } from "../written-sql.js";

/** Every row is read, also for a new column that is NULL in all of them (observed). */
export const addCheckValid: Rule = {
  id: "add-check-valid",
  severity: "error",
  harm: "stall",
  about: "checks every row while nobody reads or writes",
  kinds: ["AlterTableStmt"],
  check: (statement) => {
    const live = alteredLiveTable(statement);
    if (live === undefined) return [];
    return addedAndChecked(statement, "CONSTR_CHECK").map((added) => {
      const { name } = namedConstraint(added.fields, statement, live, added.column?.name);
      const message = `adds the CHECK ${name} to ${live.name}: every row is read while nobody reads or writes`;
      const fix = safeForm(added, name, live, statement);
      return { message, ...(fix !== undefined && { fix }) };
    });
  },
};

function safeForm(
  { fields, column }: AddedConstraint,
  name: string,
  live: LiveTable,
  statement: JudgedStatement,
): string | undefined {
  const written = writtenAlterTable(statement);
  if (written === undefined) return undefined;
  const text = written.constraint(fields, column?.constraints).replace(/^CONSTRAINT\s+("[^"]+"|\S+)\s+/i, "");
  const constraint = sqlIdentifier(name);
  return sqlLines(
    "-- expand:",
    column === undefined ? [] : `ALTER TABLE ${live.sql} ADD COLUMN ${written.column(column, ["CONSTR_CHECK"])};`,
    `ALTER TABLE ${live.sql} ADD CONSTRAINT ${constraint} ${text} NOT VALID;`,
    validate(live.sql, constraint),
  );
}
