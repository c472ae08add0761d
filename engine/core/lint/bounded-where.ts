import { asFields, asNodes, asText, asTexts, fieldsOf, kindOf, walk, type Fields } from "../ast.js";
import type { AstNode } from "../ports.js";
import { integerOf } from "./integer-of.js";
import type { Table } from "./schema/objects.js";
import type { Schema } from "./schema/schema.js";
import { A_FEW, isShortQuery, shortSources, sourceNames } from "./short-sources.js";

/** The table whose rows a condition chooses. */
export interface Chosen {
  readonly id: string;
  /** What the statement calls it: its alias, or its name. */
  readonly name: string;
  /** What stands beside it in FROM or USING. */
  readonly others: ReadonlySet<string>;
  /** Those of them that hold only so many rows as the file names: VALUES, a query with LIMIT. */
  readonly short: ReadonlySet<string>;
}

/**
 * Whether a condition lets only so many rows pass as the file itself names: by a key, by a foreign key (what belongs to one
 * row), a short range, a range between variables of PL/pgSQL, or a LIMIT. Other columns are not taken for a key, except one
 * named `id`.
 */
export function isBounded(condition: unknown, chosen: Chosen, schema: Schema): boolean {
  const node = asFields(condition);
  const fields = fieldsOf(node);
  if (kindOf(node) === "BoolExpr" && fields["boolop"] === "OR_EXPR") {
    return asNodes(fields["args"]).every((part) => isBounded(part, chosen, schema));
  }
  const table = schema.tables.get(chosen.id);
  const reader = new ConditionReader(chosen, table);
  return reader.isNarrow(node) || reader.hasShortRange() || isKey(reader.fixed, table, schema, chosen.id);
}

interface Range {
  from?: unknown;
  to?: unknown;
}

/** Reads the parts that AND joins. */
class ConditionReader {
  /** Columns that equal something fixed. */
  readonly fixed = new Set<string>();
  private readonly ranges = new Map<string, Range>();

  constructor(
    private readonly chosen: Chosen,
    private readonly table: Table | undefined,
  ) {}

  /** True where a part by itself is narrow enough. */
  isNarrow(node: AstNode): boolean {
    const fields = fieldsOf(node);
    switch (kindOf(node)) {
      case "BoolExpr":
        // All parts are looked at: they are narrow together, too.
        return (
          fields["boolop"] === "AND_EXPR" && asNodes(fields["args"]).filter((part) => this.isNarrow(part)).length > 0
        );
      case "CurrentOfExpr":
        return true;
      case "A_Const":
        // An empty Boolean is false: no row at all.
        return fields["boolval"] !== undefined && asFields(fields["boolval"])["boolval"] !== true;
      case "A_Expr":
        this.compare(fields);
        return false;
      case "SubLink":
        if (fields["subLinkType"] === "ANY_SUBLINK" && isShortQuery(fields["subselect"], this.chosen.short)) {
          this.fix(fields["testexpr"]);
        }
        return false;
      default:
        return false;
    }
  }

  hasShortRange(): boolean {
    return [...this.ranges].some(([column, { from, to }]) => {
      const [first, last] = [integerOf(from), integerOf(to)];
      // Generated keys begin with 1.
      if (from === undefined) return column === "id" && last !== undefined && last <= A_FEW;
      if (first !== undefined && last !== undefined) return last - first <= A_FEW;
      return to !== undefined && this.isFixed(from) && this.isFixed(to) && (isVariable(from) || isVariable(to));
    });
  }

  private compare({ kind, name, lexpr, rexpr }: Fields): void {
    const operator = asTexts(name)[0] ?? "";
    if (kind === "AEXPR_BETWEEN") {
      const [from, to] = asNodes(rexpr);
      this.bound(lexpr, { from, to });
    } else if (operator === "=") {
      if (this.isFixed(rexpr)) this.fix(lexpr);
      if (kind === "AEXPR_OP" && this.isFixed(lexpr)) this.fix(rexpr);
    } else if (kind === "AEXPR_OP") {
      if (/^<=?$/.test(operator)) this.bound(lexpr, { to: rexpr });
      if (/^>=?$/.test(operator)) this.bound(lexpr, { from: rexpr });
    }
  }

  private fix(expression: unknown): void {
    const column = this.columnOf(expression);
    if (column !== undefined) this.fixed.add(column);
  }

  private bound(expression: unknown, range: Range): void {
    const column = this.columnOf(expression);
    if (column !== undefined) this.ranges.set(column, { ...this.ranges.get(column), ...range });
  }

  /** The column of the chosen table that an expression is. */
  private columnOf(expression: unknown): string | undefined {
    const parts = asTexts(asFields(asFields(expression)["ColumnRef"])["fields"]);
    if (parts.length > 1 && parts.at(-2) !== this.chosen.name) return undefined;
    return parts.at(-1);
  }

  /** Written in the file, a variable of PL/pgSQL, or one value that a subquery gives. */
  private isFixed(value: unknown): boolean {
    if (Array.isArray(value)) return value.every((one) => this.isFixed(one));
    const node = asFields(value);
    const fields = fieldsOf(node);
    switch (kindOf(node)) {
      case "A_Const":
      case "ParamRef":
        return true;
      case "List":
        return this.isFixed(fields["items"]);
      case "A_ArrayExpr":
        return this.isFixed(fields["elements"] ?? []);
      case "TypeCast":
        return this.isFixed(fields["arg"]);
      case "FuncCall":
        return this.isFixed(fields["args"] ?? []);
      case "A_Expr":
        return this.isFixed(fields["lexpr"] ?? []) && this.isFixed(fields["rexpr"]);
      case "SubLink":
        return fields["subLinkType"] === "EXPR_SUBLINK" || isShortQuery(fields["subselect"], this.chosen.short);
      case "ColumnRef":
        return this.isElsewhere(asTexts(fields["fields"]));
      default:
        return false;
    }
  }

  /** A column of a short list beside the table, or no column of the statement at all: then a variable. */
  private isElsewhere(parts: readonly string[]): boolean {
    const { name, others, short } = this.chosen;
    const [owner, column] = parts.length > 1 ? [parts.at(-2) ?? "", parts.at(-1) ?? ""] : [undefined, parts[0] ?? ""];
    if (owner !== undefined) return short.has(owner) || (owner !== name && !others.has(owner));
    return others.size === 0 && this.table?.isWhole === true && !this.table.columns.has(column);
  }
}

function isVariable(expression: unknown): boolean {
  let found = false;
  walk(expression, (kind) => {
    if (kind === "ColumnRef" || kind === "ParamRef") found = true;
    return true;
  });
  return found;
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
    // The place of a row.
    ["ctid"],
  ];
  return keys.some((key) => key.length > 0 && key.every((column) => column !== null && columns.has(column)));
}

/**
 * Reads a `RangeVar` of a statement, with what stands beside it.
 * @param withClause of the statement: its queries may be short lists
 */
export function chosenBy(rangeVar: unknown, beside: readonly AstNode[], schema: Schema, withClause?: unknown): Chosen {
  const relation = asFields(rangeVar);
  const alias = asText(asFields(relation["alias"])["aliasname"]);
  return {
    id: schema.tableId(relation),
    name: alias === "" ? asText(relation["relname"]) : alias,
    others: new Set(beside.flatMap(sourceNames)),
    short: shortSources(beside, withClause),
  };
}
