import { asFields, asNodes, asText, asTexts, fieldsOf, isFields, kindOf, walk, type Fields } from "../ast.js";
import type { AstNode } from "../ports.js";
import type { Table } from "./schema/objects.js";
import { rangeParts, type Schema } from "./schema/schema.js";

/**
 * What a condition says of the rows of one table.
 * - `all`: it holds for every row, whatever is in it.
 * - `none`: it holds for no row.
 * - `either`: for all or for none; which, the table's rows do not say.
 * - `some`: it depends on the row.
 */
export type RowReach = "all" | "none" | "either" | "some";

/** The table whose rows are changed, beside those that only help to choose them. */
export interface RowTarget {
  readonly schema: Schema;
  /** The `RangeVar`'s fields of the table that is changed. */
  readonly relation: unknown;
  /** USING and FROM. */
  readonly others: readonly AstNode[];
}

/** Of a missing condition: `all`. */
export function rowsReached(condition: unknown, target: RowTarget): RowReach {
  if (condition === undefined) return "all";
  return reachOf(asFields(condition), new Scope(target));
}

/** Names by which a condition can mean the changed table's columns. */
class Scope {
  readonly table: Table | undefined;
  private readonly names: readonly string[];
  private readonly others: readonly AstNode[];

  constructor(private readonly target: RowTarget) {
    this.table = target.schema.table(target.relation);
    this.names = namesOf(target.relation);
    this.others = target.others;
  }

  /** A reference to a column of the changed table; what could be one counts. */
  isOwn(column: readonly string[], inner: readonly AstNode[]): boolean {
    const from = [...this.others, ...inner];
    if (column.length > 1) return this.isMeant(column.at(-2) ?? "", from);
    const name = column[0] ?? "";
    if (from.length === 0) return true;
    if (this.table?.isWhole === true && !this.table.columns.has(name)) return false;
    // Inside a subquery the inner tables' columns come first.
    return !inner.some(({ RangeVar }) => this.target.schema.table(RangeVar)?.columns.has(name) === true);
  }

  private isMeant(qualifier: string, from: readonly AstNode[]): boolean {
    return this.names.includes(qualifier) && !from.some(({ RangeVar }) => namesOf(RangeVar).includes(qualifier));
  }
}

function namesOf(relation: unknown): string[] {
  const alias = asText(asFields(asFields(relation)["alias"])["aliasname"]);
  return alias === "" ? rangeParts(relation).slice(-1) : [alias];
}

function reachOf(node: AstNode, scope: Scope): RowReach {
  const fields = fieldsOf(node);
  switch (kindOf(node)) {
    case "A_Const":
      return constantReach(fields);
    case "TypeCast":
      return reachOf(asFields(fields["arg"]), scope);
    case "BoolExpr":
      return joinedReach(fields, scope);
    case "A_Expr":
      return comparedReach(fields, node, scope);
    case "NullTest":
      return nullTestReach(fields, node, scope);
    default:
      return namesOwnColumn(node, scope, []) ? "some" : "either";
  }
}

function constantReach(fields: Fields): RowReach {
  if (fields["isnull"] === true) return "none";
  if ("boolval" in fields) return asFields(fields["boolval"])["boolval"] === true ? "all" : "none";
  const word = asText(asFields(fields["sval"])["sval"]).toLowerCase();
  return /^(?:t|true|y|yes|on|1)$/.test(word) ? "all" : "none";
}

const OPPOSITE: Readonly<Record<RowReach, RowReach>> = { all: "none", none: "all", either: "either", some: "some" };

function joinedReach(fields: Fields, scope: Scope): RowReach {
  const reaches = asNodes(fields["args"]).map((part) => reachOf(part, scope));
  if (fields["boolop"] === "NOT_EXPR") return OPPOSITE[reaches[0] ?? "some"];
  const isAnd = fields["boolop"] === "AND_EXPR";
  const strongest: readonly RowReach[] = isAnd ? ["none", "some", "either"] : ["all", "either", "some"];
  return strongest.find((one) => reaches.includes(one)) ?? (isAnd ? "all" : "none");
}

/** `1 = 1`, `'a' <> 'b'`, `id = id`; all else by the columns it names. */
function comparedReach(fields: Fields, node: AstNode, scope: Scope): RowReach {
  const [left, right] = [withoutPlaces(fields["lexpr"]), withoutPlaces(fields["rexpr"])];
  const operator = asTexts(fields["name"]).at(-1) ?? "";
  const isSame = left !== "{}" && left === right;
  if (fields["kind"] === "AEXPR_OP" && (isSame || (isConstant(fields["lexpr"]) && isConstant(fields["rexpr"])))) {
    if (["=", ">=", "<="].includes(operator) && isSame) return "all";
    if (operator === "<>" && isSame) return "none";
    if (isPlainPair(fields)) return operator === "=" ? "none" : operator === "<>" ? "all" : "either";
  }
  return namesOwnColumn(node, scope, []) ? "some" : "either";
}

function isConstant(node: unknown): boolean {
  const kind = isFields(node) ? kindOf(node) : "";
  if (kind === "TypeCast") return isConstant(asFields(fieldsOf(asFields(node))["arg"]));
  return kind === "A_Const";
}

/** Two constants of one kind without a cast: they differ where their texts do. */
function isPlainPair({ lexpr, rexpr }: Fields): boolean {
  const kinds = [lexpr, rexpr].map((node) =>
    Object.keys(asFields(asFields(node)["A_Const"])).find((key) => key.endsWith("val")),
  );
  return kinds[0] !== undefined && kinds[0] === kinds[1];
}

/** The tree of an expression without the places in the text; casts of constants left out. */
function withoutPlaces(node: unknown): string {
  const bare = isConstant(node) ? constantOf(asFields(node)) : asFields(node);
  return JSON.stringify(bare, (key, value: unknown) => (key === "location" ? undefined : value));
}

function constantOf(node: AstNode): AstNode {
  return kindOf(node) === "TypeCast" ? constantOf(asFields(fieldsOf(node)["arg"])) : node;
}

/** `id IS NOT NULL` of a column that never is. */
function nullTestReach(fields: Fields, node: AstNode, scope: Scope): RowReach {
  const arg = asFields(fields["arg"]);
  if (isConstant(arg)) {
    const isNull = fieldsOf(constantOf(arg))["isnull"] === true;
    return isNull === (fields["nulltesttype"] === "IS_NULL") ? "all" : "none";
  }
  const column = asTexts(asFields(arg["ColumnRef"])["fields"]);
  if (column.length > 0 && scope.isOwn(column, []) && scope.table?.columns.get(column.at(-1) ?? "")?.isNotNull === true)
    return fields["nulltesttype"] === "IS_NOT_NULL" ? "all" : "none";
  return namesOwnColumn(node, scope, []) ? "some" : "either";
}

/** Whether an expression, or a subquery in it, names a column of the changed table. */
function namesOwnColumn(value: unknown, scope: Scope, inner: readonly AstNode[]): boolean {
  let isFound = false;
  walk(value, (kind, fields) => {
    if (kind === "CurrentOfExpr") isFound = true;
    if (kind === "ColumnRef") isFound ||= scope.isOwn(asTexts(fields["fields"]), inner);
    if (kind !== "SelectStmt") return !isFound;
    isFound ||= namesOwnColumn(Object.values(fields), scope, [...inner, ...sourcesOf(fields["fromClause"])]);
    return false;
  });
  return isFound;
}

/** Tables of a FROM, those of joins included. */
export function sourcesOf(from: unknown): AstNode[] {
  return asNodes(from).flatMap((node) => {
    const join = asFields(node["JoinExpr"]);
    return "JoinExpr" in node ? sourcesOf([join["larg"], join["rarg"]]) : [node];
  });
}
