import { asFields, asNodes, asText, asTexts, fieldsOf, kindOf, type Fields } from "../ast.js";
import type { AstNode } from "../ports.js";
import type { TypeName } from "./schema/objects.js";
import { columnConstraints } from "./schema/read-column.js";
import { readTypeName } from "./schema/type-names.js";

/** A foreign key that a CREATE TABLE or ALTER TABLE makes. */
export interface NewForeignKey {
  readonly columns: readonly string[];
  /** `RangeVar` fields of the other table. */
  readonly references: unknown;
  /** As written; empty: the other table's primary key. */
  readonly keyColumns: readonly string[];
}

/** What a CREATE TABLE or ALTER TABLE writes down: its columns and its constraints. */
export interface NewParts {
  readonly columns: readonly Fields[];
  readonly constraints: readonly Fields[];
}

export function newParts(node: AstNode): NewParts {
  const fields = fieldsOf(node);
  const parts =
    kindOf(node) === "CreateStmt"
      ? asNodes(fields["tableElts"])
      : asNodes(fields["cmds"])
          .map((node) => asFields(node["AlterTableCmd"]))
          .filter(({ subtype }) => subtype === "AT_AddColumn" || subtype === "AT_AddConstraint")
          .map(({ def }) => asFields(def));
  return {
    columns: parts.filter((part) => "ColumnDef" in part).map((part) => asFields(part["ColumnDef"])),
    constraints: parts.filter((part) => "Constraint" in part).map((part) => asFields(part["Constraint"])),
  };
}

export function newForeignKeys(node: AstNode): NewForeignKey[] {
  const { columns, constraints } = newParts(node);
  const inline = columns.flatMap((column) =>
    columnConstraints(column)
      .filter(({ contype }) => contype === "CONSTR_FOREIGN")
      .map((constraint) => foreignKey(constraint, [asText(column["colname"])])),
  );
  const own = constraints
    .filter(({ contype }) => contype === "CONSTR_FOREIGN")
    .map((constraint) => foreignKey(constraint, asTexts(constraint["fk_attrs"])));
  return [...inline, ...own];
}

/** Types of the columns that a statement adds, by name. */
export function newTypes(node: AstNode): Map<string, TypeName> {
  return new Map(newParts(node).columns.map((column) => [asText(column["colname"]), readTypeName(column["typeName"])]));
}

function foreignKey(constraint: Fields, columns: readonly string[]): NewForeignKey {
  return { columns, references: constraint["pktable"], keyColumns: asTexts(constraint["pk_attrs"]) };
}
