import { addedColumns, type AddedColumn } from "../added-columns.js";
import { alteredLiveTable, type LiveTable } from "../live-table.js";
import type { JudgedStatement, Rule } from "../rule.js";
import { backfill, notNull, sqlLines } from "../safe-forms.js";
import { printType } from "../schema/type-names.js";
import { sqlIdentifier } from "../statement-facts.js";
import { volatileCall } from "../volatile-call.js";
import { writtenAlterTable } from "../written-sql.js";

/** A volatile default has one value per row: PostgreSQL writes the table anew (manual, ALTER TABLE, Notes). */
export const addColumnVolatileDefault: Rule = {
  id: "add-column-volatile-default",
  severity: "error",
  harm: "stall",
  about: "adds a column whose default has one value per row",
  kinds: ["AlterTableStmt"],
  check: (statement) => {
    const live = alteredLiveTable(statement);
    if (live === undefined) return [];
    return addedColumns(statement).flatMap((column) => {
      const called = calledBy(column, statement);
      if (called === undefined) return [];
      const message = `adds ${live.name}.${column.name} with a default that calls ${called}: the table is written anew while nobody reads or writes`;
      const fix = safeForm(live, column, statement);
      return [{ message, ...(fix !== undefined && { fix }) }];
    });
  },
};

/** Without a default of its own a column takes its domain's. */
function calledBy({ defaultValue, type, definition }: AddedColumn, { schema }: JudgedStatement): string | undefined {
  if (defaultValue !== undefined) return volatileCall(defaultValue, schema);
  const known = type.isArray || definition["identity"] !== undefined ? undefined : schema.type(type);
  return known?.kind === "domain" ? known.volatileDefault : undefined;
}

function safeForm(live: LiveTable, column: AddedColumn, statement: JudgedStatement): string | undefined {
  const written = writtenAlterTable(statement);
  const value = written?.defaultValue(column);
  if (written === undefined || value === undefined) return undefined;
  const [name, type] = [sqlIdentifier(column.name), written.type(column.definition, column.constraints)];
  const isNotNull = column.constraints.some(({ contype }) => contype === "CONSTR_NOTNULL");
  return sqlLines(
    "-- expand:",
    `ALTER TABLE ${live.sql} ADD COLUMN ${name} ${type === "" ? printType(column.type) : type};`,
    `ALTER TABLE ${live.sql} ALTER COLUMN ${name} SET DEFAULT ${value};`,
    backfill(live, column.name, value),
    isNotNull ? notNull(live, column.name, statement.file.server) : [],
  );
}
