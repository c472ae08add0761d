import { asFields, asText, type Fields } from "../ast.js";
import type { JudgedStatement } from "./rule.js";
import type { TypeName } from "./schema/objects.js";
import { columnConstraints } from "./schema/read-column.js";
import { readTypeName } from "./schema/type-names.js";
import { alterations } from "./statement-facts.js";

/** A column that an ALTER TABLE adds. */
export interface AddedColumn {
  readonly name: string;
  /** As written: `serial` stays. */
  readonly type: TypeName;
  /** A `ColumnDef`'s fields. */
  readonly definition: Fields;
  /** The `Constraint` fields behind it. */
  readonly constraints: readonly Fields[];
  /** The default's expression; unset where there is none. */
  readonly defaultValue?: unknown;
}

/** A column that is there for certain is not added by IF NOT EXISTS. */
export function addedColumns(statement: JudgedStatement): AddedColumn[] {
  const table = statement.schema.table(statement.fields["relation"]);
  return alterations(statement)
    .filter(({ subtype }) => subtype === "AT_AddColumn")
    .filter((command) => {
      const name = asText(asFields(asFields(command["def"])["ColumnDef"])["colname"]);
      return command["missing_ok"] !== true || table?.columns.get(name)?.maker.isCertain !== true;
    })
    .map(({ def }) => readAddedColumn(asFields(asFields(def)["ColumnDef"])));
}

/** The `Constraint` fields of ADD CONSTRAINT. */
export function addedConstraints(statement: JudgedStatement): Fields[] {
  return alterations(statement)
    .filter(({ subtype }) => subtype === "AT_AddConstraint")
    .map(({ def }) => asFields(asFields(def)["Constraint"]));
}

/** A constraint of one kind that an ALTER TABLE adds, by itself or behind a new column. */
export interface AddedConstraint {
  readonly fields: Fields;
  readonly column?: AddedColumn;
}

/** Those whose rows are looked at: neither NOT VALID nor NOT ENFORCED. */
export function addedAndChecked(statement: JudgedStatement, contype: string): AddedConstraint[] {
  const all = [
    ...addedConstraints(statement).map((fields): AddedConstraint => ({ fields })),
    ...addedColumns(statement).flatMap((column) => column.constraints.map((fields) => ({ fields, column }))),
  ];
  return all.filter(({ fields }) => fields["contype"] === contype && fields["skip_validation"] !== true);
}

function readAddedColumn(definition: Fields): AddedColumn {
  const constraints = columnConstraints(definition);
  const defaultValue = constraints.find(({ contype }) => contype === "CONSTR_DEFAULT")?.["raw_expr"];
  return {
    ...{ name: asText(definition["colname"]), type: readTypeName(definition["typeName"]), definition, constraints },
    ...(defaultValue !== undefined && { defaultValue }),
  };
}
