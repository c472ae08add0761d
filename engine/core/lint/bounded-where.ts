import { asFields, asNodes, asText, asTexts, fieldsOf, kindOf, type Fields } from "../ast.js";
import type { AstNode } from "../ports.js";
import type { Table } from "./schema/objects.js";
import type { Schema } from "./schema/schema.js";

/** The table whose rows a condition chooses. */
export interface Chosen {
  readonly id: string;
  /** What the statement calls it: its alias, or its name. */
  readonly name: string;
  /** Aliases of VALUES lists beside it: they hold what is written in the file. */
  readonly lists: ReadonlySet<string>;
}

/** More rows than that are not a few. */
const A_FEW = 10_000;

/**
 * Whether a condition lets only so many rows pass as the file itself names: by a key, by a foreign key (what belongs to one
 * row), a short range, or a LIMIT. Other columns are not taken for a key, except one named `id`.
 */
export function isBounded(condition: unknown, chosen: Chosen, schema: Schema): boolean {
  const node = asFields(condition);
  const fields = fieldsOf(node);
  if (kindOf(node) === "BoolExpr" && fields["boolop"] === "OR_EXPR") {
    return asNodes(fields["args"]).every((part) => isBounded(part, chosen, schema));
  }
  const fixed = new Set<string>();
  return isNarrow(node, chosen, fixed) || isKey(fixed, schema.tables.get(chosen.id), schema, chosen.id);
}

/** Collects the columns that equal something fixed; true where a part by itself is narrow enough. */
function isNarrow(node: AstNode, chosen: Chosen, fixed: Set<string>): boolean {
  const fields = fieldsOf(node);
  switch (kindOf(node)) {
    case "BoolExpr":
      return fields["boolop"] === "AND_EXPR" && asNodes(fields["args"]).some((part) => isNarrow(part, chosen, fixed));
    case "CurrentOfExpr":
      return true;
    case "A_Const":
      // An empty Boolean is false: no row at all.
      return fields["boolval"] !== undefined && asFields(fields["boolval"])["boolval"] !== true;
    case "A_Expr":
      return isNarrowExpression(fields, chosen, fixed);
    case "SubLink":
      if (fields["subLinkType"] !== "ANY_SUBLINK" || !isShortList(fields["subselect"])) return false;
      collect(fields["testexpr"], chosen, fixed);
      return true;
    default:
      return false;
  }
}

function isNarrowExpression(fields: Fields, chosen: Chosen, fixed: Set<string>): boolean {
  const { lexpr, rexpr } = fields;
  const operator = asTexts(fields["name"])[0];
  switch (fields["kind"]) {
    case "AEXPR_IN":
    case "AEXPR_OP_ANY":
      if (operator === "=" && isFixed(rexpr, chosen)) collect(lexpr, chosen, fixed);
      return false;
    case "AEXPR_BETWEEN":
      return columnOf(lexpr, chosen) !== undefined && isShortRange(asNodes(rexpr));
    case "AEXPR_OP":
      if (operator === "=" && isFixed(rexpr, chosen)) collect(lexpr, chosen, fixed);
      else if (operator === "=" && isFixed(lexpr, chosen)) collect(rexpr, chosen, fixed);
      return (operator === "<" || operator === "<=") && isSmallId(lexpr, rexpr, chosen);
    default:
      return false;
  }
}

function collect(expression: unknown, chosen: Chosen, fixed: Set<string>): void {
  const column = columnOf(expression, chosen);
  if (column !== undefined) fixed.add(column);
}

/** The column of the chosen table that an expression is. */
function columnOf(expression: unknown, { name }: Chosen): string | undefined {
  const parts = asTexts(asFields(asFields(expression)["ColumnRef"])["fields"]);
  if (parts.length > 1 && parts.at(-2) !== name) return undefined;
  return parts.at(-1);
}

/** Written in the file, or one value that a subquery gives. */
function isFixed(value: unknown, chosen: Chosen): boolean {
  if (Array.isArray(value)) return value.every((one) => isFixed(one, chosen));
  const node = asFields(value);
  const fields = fieldsOf(node);
  switch (kindOf(node)) {
    case "A_Const":
    case "ParamRef":
      return true;
    case "List":
      return isFixed(fields["items"], chosen);
    case "A_ArrayExpr":
      return isFixed(fields["elements"] ?? [], chosen);
    case "TypeCast":
      return isFixed(fields["arg"], chosen);
    case "FuncCall":
      return isFixed(fields["args"] ?? [], chosen);
    case "SubLink":
      return fields["subLinkType"] === "EXPR_SUBLINK";
    case "ColumnRef": {
      const parts = asTexts(fields["fields"]);
      return parts.length > 1 && chosen.lists.has(parts.at(-2) ?? "");
    }
    default:
      return false;
  }
}

/** `IN (VALUES …)`, `IN (SELECT … LIMIT 500)`. */
function isShortList(subselect: unknown): boolean {
  const fields = asFields(asFields(subselect)["SelectStmt"]);
  if (fields["valuesLists"] !== undefined) return true;
  const limit = integerOf(fields["limitCount"]);
  return limit !== undefined && limit <= A_FEW;
}

function isShortRange([from, to]: readonly AstNode[]): boolean {
  const [first, last] = [integerOf(from), integerOf(to)];
  if (first !== undefined && last !== undefined) return last - first <= A_FEW;
  return from !== undefined && to !== undefined && kindOf(from) === "ParamRef" && kindOf(to) === "ParamRef";
}

/** `id <= 500`: generated keys begin with 1. */
function isSmallId(column: unknown, value: unknown, chosen: Chosen): boolean {
  const limit = integerOf(value);
  return limit !== undefined && limit <= A_FEW && columnOf(column, chosen) === "id";
}

export function integerOf(value: unknown): number | undefined {
  const constant = asFields(asFields(value)["A_Const"]);
  if (constant["ival"] === undefined) return undefined;
  return Number(asFields(constant["ival"])["ival"] ?? 0);
}

/** Whether the columns hold a whole key of the table, or a foreign key. */
function isKey(columns: ReadonlySet<string>, table: Table | undefined, schema: Schema, id: string): boolean {
  if (columns.size === 0) return false;
  const keys = [
    ...[...(table?.constraints.values() ?? [])]
      .filter(({ kind }) => kind === "primary key" || kind === "unique" || kind === "foreign key")
      .map((constraint) => constraint.columns),
    ...schema
      .indexesOf(id)
      .filter(({ isUnique }) => isUnique)
      .map((index) => index.columns),
    ["id"],
  ];
  return keys.some((key) => key.length > 0 && key.every((column) => column !== null && columns.has(column)));
}

/** Reads a `RangeVar` of a statement, with the VALUES lists that stand beside it. */
export function chosenBy(rangeVar: unknown, beside: readonly AstNode[], schema: Schema): Chosen {
  const relation = asFields(rangeVar);
  const alias = asText(asFields(relation["alias"])["aliasname"]);
  return {
    id: schema.tableId(relation),
    name: alias === "" ? asText(relation["relname"]) : alias,
    lists: new Set(beside.flatMap(valuesAlias)),
  };
}

function valuesAlias(node: AstNode): string[] {
  const subselect = asFields(node["RangeSubselect"]);
  const query = asFields(asFields(subselect["subquery"])["SelectStmt"]);
  const isWritten =
    query["valuesLists"] !== undefined || (query["targetList"] !== undefined && !("fromClause" in query));
  return isWritten ? [asText(asFields(subselect["alias"])["aliasname"])] : [];
}
