import type { Fields } from "../../ast.js";
import { addedColumns, type AddedColumn } from "../added-columns.js";
import { namedConstraint } from "../constraint-name.js";
import { alteredLiveTable, type LiveTable } from "../live-table.js";
import type { JudgedStatement, Rule, Violation } from "../rule.js";
import { sqlLines, validate } from "../safe-forms.js";
import { printId, sqlIdentifier } from "../statement-facts.js";
import { writtenAlterTable } from "../written-sql.js";

/** With a default of its own, even NULL, the new column's rows are looked up; without one they are not (observed). */
export const addFkInlineColumn: Rule = {
  id: "add-fk-inline-column",
  severity: "error",
  harm: "stall",
  about: "adds a column with a default and a foreign key",
  kinds: ["AlterTableStmt"],
  check: (statement) => {
    const live = alteredLiveTable(statement);
    if (live === undefined) return [];
    return addedColumns(statement).flatMap((column) => {
      const key = column.constraints.find(({ contype }) => contype === "CONSTR_FOREIGN");
      if (key === undefined || key["skip_validation"] === true || !hasValues(column)) return [];
      return [violation(live, column, key, statement)];
    });
  },
};

function hasValues({ defaultValue, constraints }: AddedColumn): boolean {
  return defaultValue !== undefined || constraints.some(({ contype }) => contype === "CONSTR_GENERATED");
}

function violation(live: LiveTable, column: AddedColumn, key: Fields, statement: JudgedStatement): Violation {
  const { name } = namedConstraint(key, statement, live, column.name);
  const other = printId(statement.schema.tableId(key["pktable"]));
  const message = `adds ${live.name}.${column.name} with a default and a foreign key: every row is looked up in ${other} while nobody reads or writes ${live.name}, and nobody writes ${other}`;
  const written = writtenAlterTable(statement);
  if (written === undefined) return { message };
  const text = written.constraint(key, column.constraints);
  const [constraint, references] = [sqlIdentifier(name), /REFERENCES[\s\S]*/i.exec(text)?.[0] ?? ""];
  const fix = sqlLines(
    "-- expand:",
    `ALTER TABLE ${live.sql} ADD COLUMN ${written.column(column, ["CONSTR_FOREIGN"])};`,
    `ALTER TABLE ${live.sql} ADD CONSTRAINT ${constraint} FOREIGN KEY (${sqlIdentifier(column.name)}) ${references} NOT VALID;`,
    validate(live.sql, constraint),
  );
  return { message, fix };
}
