import { asText, type Fields } from "../../ast.js";
import { addedColumns, type AddedColumn } from "../added-columns.js";
import { alteredLiveTable, type LiveTable } from "../live-table.js";
import type { JudgedStatement, Rule, Violation } from "../rule.js";
import { backfill, fillByTrigger, sqlLines } from "../safe-forms.js";
import { alterations, sqlIdentifier } from "../statement-facts.js";
import { writtenAlterTable } from "../written-sql.js";

/** A stored generated column is computed for each row (manual, ALTER TABLE, Notes; SET EXPRESSION from PostgreSQL 17 on). */
export const addColumnGeneratedStored: Rule = {
  id: "add-column-generated-stored",
  severity: "error",
  harm: "stall",
  about: "computes a stored generated column for every row",
  kinds: ["AlterTableStmt"],
  check: (statement) => {
    const live = alteredLiveTable(statement);
    if (live === undefined) return [];
    const added = addedColumns(statement).flatMap((column) => {
      const generated = column.constraints.find(({ generated_kind }) => generated_kind === "s");
      return generated === undefined ? [] : [violation(live, column, generated, statement)];
    });
    const changed = alterations(statement)
      .filter(({ subtype }) => subtype === "AT_SetExpression")
      .map((command) => asText(command["name"]))
      .filter((column) => live.table?.columns.get(column)?.generated !== "virtual")
      .map((column) => ({
        message: `gives ${live.name}.${column} another expression: the table is written anew while nobody reads or writes`,
      }));
    return [...added, ...changed];
  },
};

function violation(live: LiveTable, column: AddedColumn, generated: Fields, statement: JudgedStatement): Violation {
  const message = `adds ${live.name}.${column.name}, which is computed and stored for every row: the table is written anew while nobody reads or writes`;
  const written = writtenAlterTable(statement);
  if (written === undefined) return { message };
  const type = written.type(column.definition, column.constraints);
  const computed = /GENERATED\s+ALWAYS\s+AS\s*(\([\s\S]*\))\s*STORED/i.exec(
    written.constraint(generated, column.constraints),
  );
  const value = computed?.[1];
  if (value === undefined) return { message };
  return { message, fix: safeForm(live, `${sqlIdentifier(column.name)} ${type}`, column.name, value, statement) };
}

function safeForm(
  live: LiveTable,
  definition: string,
  column: string,
  value: string,
  { file }: JudgedStatement,
): string {
  const add = `ALTER TABLE ${live.sql} ADD COLUMN ${definition}`;
  if (file.server >= 18)
    return sqlLines("-- expand: computed when it is read", `${add} GENERATED ALWAYS AS ${value} VIRTUAL;`);
  return sqlLines("-- expand:", `${add};`, fillByTrigger(live, column, value), backfill(live, column, value));
}
