import { asFields, asText, fieldsOf, kindOf } from "../../ast.js";
import { addedColumns, addedConstraints, type AddedColumn } from "../added-columns.js";
import { liveTable, type LiveTable } from "../live-table.js";
import type { JudgedStatement, Rule, Violation } from "../rule.js";
import { notNull, sqlLines } from "../safe-forms.js";
import { notNullColumns } from "../schema/read-constraint.js";
import { printType, SERIALS } from "../schema/type-names.js";
import { alterations, isNewHere, sqlIdentifier } from "../statement-facts.js";

/** The release still running does not know the column, and gives it no value. */
export const addRequiredColumn: Rule = {
  id: "add-required-column",
  severity: "error",
  harm: "break",
  about: "adds a column that must have a value, and gives it none",
  kinds: ["AlterTableStmt"],
  check: (statement) => {
    const live = liveTable(statement, statement.schema.tableId(statement.fields["relation"]));
    if (live === undefined) return [];
    return [...requiredAtOnce(statement, live), ...requiredLater(statement, live)];
  },
};

function requiredAtOnce(statement: JudgedStatement, live: LiveTable): Violation[] {
  return addedColumns(statement)
    .filter((column) => isRequired(column) && !hasValue(column))
    .map((column) => {
      const name = `${live.name}.${column.name}`;
      const message = `adds ${name} NOT NULL without a default: it fails where the table has rows, and inserts of the release still running fail`;
      const add = `ALTER TABLE ${live.sql} ADD COLUMN ${sqlIdentifier(column.name)} ${printType(column.type)};`;
      const proof = notNull(live, column.name, statement.file.server);
      return { message, fix: sqlLines("-- expand:", add, "-- once every release writes it:", proof) };
    });
}

function isRequired({ constraints }: AddedColumn): boolean {
  return constraints.some(({ contype }) => contype === "CONSTR_NOTNULL" || contype === "CONSTR_PRIMARY");
}

function hasValue({ type, constraints, defaultValue }: AddedColumn): boolean {
  const isMade = constraints.some(({ contype }) => contype === "CONSTR_IDENTITY" || contype === "CONSTR_GENERATED");
  const isNull = asFields(asFields(defaultValue)["A_Const"])["isnull"] === true;
  return isMade || SERIALS.has(type.name) || (defaultValue !== undefined && !isNull);
}

/** A column of this file that a CHECK or SET NOT NULL of it makes required, although nothing fills it. */
function requiredLater(statement: JudgedStatement, live: LiveTable): Violation[] {
  const added = new Map(addedColumns(statement).map((column) => [column.name, hasValue(column)]));
  const required = [
    ...alterations(statement)
      .filter(({ subtype }) => subtype === "AT_SetNotNull")
      .map(({ name }) => asText(name)),
    ...addedConstraints(statement)
      .filter(({ contype }) => contype === "CONSTR_CHECK")
      .flatMap(({ raw_expr }) => notNullColumns(asFields(raw_expr))),
  ];
  return [...new Set(required)]
    .filter((name) => isUnfilled(statement, live, name, added.get(name)))
    .map((name) => ({
      message: `makes ${live.name}.${name} required, which this file adds: inserts of the release still running give it no value, and fail`,
      fix: `-- before, so that old writers have one:\nALTER TABLE ${live.sql} ALTER COLUMN ${sqlIdentifier(name)} SET DEFAULT …;`,
    }));
}

function isUnfilled(statement: JudgedStatement, live: LiveTable, name: string, added: boolean | undefined): boolean {
  const column = live.table?.columns.get(name);
  const isAddedBare =
    added === false ||
    (isNewHere(statement, column) &&
      column?.hasDefault === false &&
      !column.isIdentity &&
      column.generated === undefined);
  return isAddedBare && !isFilledByTrigger(statement, live.id);
}

function isFilledByTrigger({ statements, schema }: JudgedStatement, table: string): boolean {
  return statements.some(
    (node) => kindOf(node) === "CreateTrigStmt" && schema.tableId(fieldsOf(node)["relation"]) === table,
  );
}
