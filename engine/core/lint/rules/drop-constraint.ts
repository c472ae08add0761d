import { asFields, asNodes, asText, fieldsOf, kindOf, type Fields } from "../../ast.js";
import type { AstNode } from "../../ports.js";
import { addedConstraints } from "../added-columns.js";
import { mildInPlain } from "../mild-in-plain.js";
import { isOwnTable } from "../own-tables.js";
import type { JudgedStatement, Rule, Violation } from "../rule.js";
import type { Constraint, Table } from "../schema/objects.js";
import { listParts } from "../schema/schema.js";
import { alterations, isNewHere, printId } from "../statement-facts.js";

/** What ON CONFLICT and other tables' keys stand on. */
const RELIED_ON: ReadonlySet<string> = new Set(["unique", "primary key", "exclusion"]);

export const dropConstraint: Rule = {
  id: "drop-constraint",
  severity: "error",
  harm: "break",
  about: "drops a constraint that kept bad rows out, or that ON CONFLICT needs",
  kinds: ["AlterTableStmt", "AlterDomainStmt"],
  isContractsWork: true,
  check: (statement) => (statement.kind === "AlterDomainStmt" ? ofDomain(statement) : ofTable(statement)),
};

function ofTable(statement: JudgedStatement): Violation[] {
  const { schema, fields } = statement;
  const id = schema.tableId(fields["relation"]);
  const table = schema.tables.get(id);
  if (isOwnTable(statement, id)) return [];
  return alterations(statement)
    .filter(({ subtype }) => subtype === "AT_DropConstraint")
    .filter(
      ({ name, missing_ok }) =>
        !(missing_ok === true && table?.isWhole === true && !table.constraints.has(asText(name))),
    )
    .flatMap(({ name }) => judge(statement, id, asText(name), table));
}

function judge(statement: JudgedStatement, id: string, name: string, table: Table | undefined): Violation[] {
  const constraint = table?.constraints.get(name);
  const what = `drops constraint ${printId(id)}.${name}`;
  if (constraint === undefined)
    return [{ message: `${what}, whose kind no file shows: ON CONFLICT may need it, and bad rows may come in` }];
  if (isNewHere(statement, constraint) || isNeedless(constraint, table) || isMadeAgain(statement, constraint))
    return [];
  if (RELIED_ON.has(constraint.kind)) {
    const columns = constraint.columns.join(", ");
    return [
      {
        message: `${what} (${constraint.kind}): ON CONFLICT (${columns}) of the release still running fails, and rows come in twice`,
      },
    ];
  }
  return [{ message: `${what} (${constraint.kind}): rows it kept out come in`, ...mildInPlain(statement) }];
}

/** CHECK (c IS NOT NULL) of a column that is NOT NULL by itself. */
function isNeedless({ expression, proves }: Constraint, table: Table | undefined): boolean {
  return (
    expression !== undefined &&
    asksOnlyNotNull(expression) &&
    proves.every((column) => table?.columns.get(column)?.isNotNull === true)
  );
}

function asksOnlyNotNull(expression: AstNode): boolean {
  const fields = fieldsOf(expression);
  if (kindOf(expression) === "NullTest")
    return fields["nulltesttype"] === "IS_NOT_NULL" && "ColumnRef" in asFields(fields["arg"]);
  return (
    kindOf(expression) === "BoolExpr" &&
    fields["boolop"] === "AND_EXPR" &&
    asNodes(fields["args"]).every(asksOnlyNotNull)
  );
}

/** The same statement makes one of that kind again, on the index of the same columns. */
function isMadeAgain(statement: JudgedStatement, { kind, columns }: Constraint): boolean {
  const { schema, fields } = statement;
  return addedConstraints(statement).some((added: Fields) => {
    const isKind = asText(added["contype"]) === (kind === "primary key" ? "CONSTR_PRIMARY" : "CONSTR_UNIQUE");
    const table = schema.tableId(fields["relation"]);
    const index = schema.indexesOf(table).find(({ id }) => id.endsWith(`.${asText(added["indexname"])}`));
    return isKind && index?.columns.join() === columns.join();
  });
}

function ofDomain(statement: JudgedStatement): Violation[] {
  const { schema, fields } = statement;
  const id = schema.idOf(listParts(fields["typeName"]), schema.types);
  if (fields["subtype"] !== "X" || isNewHere(statement, schema.types.get(id))) return [];
  const message = `drops constraint ${asText(fields["name"])} of domain ${printId(id)}: values it kept out come in`;
  return [{ message, ...mildInPlain(statement) }];
}
