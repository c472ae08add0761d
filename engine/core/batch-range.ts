import type { AnalysedStatement } from "./analysed-migration.js";
import { asFields, asNodes, asText, asTexts, fieldsOf, kindOf, type Fields } from "./ast.js";
import { batchStatement } from "./batch-statement.js";
import type { HoldfastError } from "./errors.js";
import { grammarFault } from "./grammar-fault.js";
import type { Batch, Migration } from "./migration.js";
import { SyntaxFault, type AstNode, type SqlParser } from "./ports.js";
import { relationName } from "./sql-names.js";

/** The table that a backfill's statement walks, and the columns it walks by, as the parser reads their names. */
export interface BatchTarget {
  /** As to_regclass takes it; of the statement, not of `@batch`. */
  readonly table: string;
  /** Of `@batch`, folded: `id` for ID, `Id` for "Id". */
  readonly key: readonly string[];
}

/** Of `@batch` alone. */
export function batchKey(batch: Batch, parser: Pick<SqlParser, "parse">): { table: string; key: string[] } {
  const select = fieldsOf(parser.parse(`SELECT ${batch.key.join(", ")} FROM ${batch.table}`)[0]?.node ?? {});
  const key = asNodes(select["targetList"]).map((target) => columnName(asFields(target["ResTarget"])["val"]).column);
  const [from] = asNodes(select["fromClause"]);
  return { table: relationName(from?.["RangeVar"]), key };
}

/**
 * Checks that the statement is held to one batch: an UPDATE or DELETE of the table, or an INSERT … SELECT from it, whose
 * WHERE demands the key's range beside whatever else it demands. Gives the fault, or what is to be walked.
 */
export function readBatchTarget(
  migration: Migration,
  batch: Batch,
  statement: AnalysedStatement,
  parser: SqlParser,
): BatchTarget | HoldfastError {
  const { table, key } = batchKey(batch, parser);
  const node = parseBatch(statement.text, key.length, parser);
  if (node === undefined)
    return fault(migration, statement, "does not parse with the key's columns for :from and :to", batch);
  const walked = walkedTable(node, table);
  if (typeof walked === "string") return fault(migration, statement, walked, batch);
  const conditions = conjuncts(walked.where);
  const names = new Set([walked.alias]);
  const isHeld = hasRange(conditions, (expression) => isKey(expression, key, names), key.length);
  if (!isHeld) return fault(migration, statement, "is not held to the batch", batch);
  return { table: walked.table, key };
}

function parseBatch(text: string, columns: number, parser: SqlParser): AstNode | undefined {
  try {
    return parser.parse(batchStatement(text, parser, columns).sql)[0]?.node;
  } catch (error) {
    if (error instanceof SyntaxFault) return undefined;
    throw error;
  }
}

interface Walked {
  readonly table: string;
  readonly alias: string;
  readonly where: unknown;
}

/** The table's part in the statement, or what is wrong with it. */
function walkedTable(node: AstNode, table: string): Walked | string {
  const fields = fieldsOf(node);
  switch (kindOf(node)) {
    case "UpdateStmt":
    case "DeleteStmt":
      return sameTable(fields["relation"], table)
        ? rangeOf(fields["relation"], fields["whereClause"])
        : `changes another table than @batch names`;
    case "InsertStmt":
      return readSelect(asFields(asFields(fields["selectStmt"])["SelectStmt"]), table);
    default:
      return "is neither an UPDATE, a DELETE nor an INSERT … SELECT";
  }
}

function readSelect(select: Fields, table: string): Walked | string {
  if (select["limitCount"] !== undefined || select["limitOffset"] !== undefined)
    return "would leave rows out by its LIMIT";
  const from = asNodes(select["fromClause"])
    .flatMap(tablesIn)
    .find((relation) => sameTable(relation, table));
  return from === undefined ? "reads from another table than @batch names" : rangeOf(from, select["whereClause"]);
}

function tablesIn(node: AstNode): unknown[] {
  const join = asFields(node["JoinExpr"]);
  if (node["RangeVar"] !== undefined) return [node["RangeVar"]];
  return [join["larg"], join["rarg"]].flatMap((side) => (side === undefined ? [] : tablesIn(asFields(side))));
}

function rangeOf(relation: unknown, where: unknown): Walked {
  const fields = asFields(relation);
  const alias = asText(asFields(fields["alias"])["aliasname"]);
  return { table: relationName(relation), alias: alias === "" ? asText(fields["relname"]) : alias, where };
}

/** One may name the schema and the other not; the catalog decides then. */
function sameTable(relation: unknown, table: string): boolean {
  const name = relationName(relation);
  return name === table || name.endsWith(`.${table}`) || table.endsWith(`.${name}`);
}

function conjuncts(where: unknown): Fields[] {
  const bool = asFields(asFields(where)["BoolExpr"]);
  if (bool["boolop"] === "AND_EXPR") return asNodes(bool["args"]).flatMap(conjuncts);
  return where === undefined ? [] : [asFields(where)];
}

function hasRange(conditions: readonly Fields[], isOnKey: (expression: unknown) => boolean, columns: number): boolean {
  const [from, to] = [sequence(1, columns), sequence(columns + 1, columns)];
  const expressions = conditions
    .map((condition) => asFields(condition["A_Expr"]))
    .filter(({ lexpr }) => isOnKey(lexpr));
  const compares = (operator: string, wanted: string): boolean =>
    expressions.some(
      ({ kind, name, rexpr }) => kind === "AEXPR_OP" && asTexts(name)[0] === operator && parameters(rexpr) === wanted,
    );
  const isBetween = expressions.some(({ kind, rexpr }) => {
    const [low, high] = asNodes(rexpr);
    return kind === "AEXPR_BETWEEN" && parameters(low) === from && parameters(high) === to;
  });
  return isBetween || (compares(">=", from) && compares("<=", to));
}

function sequence(first: number, count: number): string {
  return Array.from({ length: count }, (_, index) => first + index).join();
}

/** The parameter numbers of `$1` or `($1, $2)`, also behind casts. */
function parameters(expression: unknown): string {
  const fields = asFields(expression);
  if (fields["RowExpr"] !== undefined) return asNodes(asFields(fields["RowExpr"])["args"]).map(parameters).join();
  if (fields["TypeCast"] !== undefined) return parameters(asFields(fields["TypeCast"])["arg"]);
  return String(asFields(fields["ParamRef"])["number"]);
}

function isKey(expression: unknown, key: readonly string[], tables: ReadonlySet<string>): boolean {
  const row = asFields(asFields(expression)["RowExpr"]);
  const columns = row["args"] === undefined ? [expression] : asNodes(row["args"]);
  if (columns.length !== key.length) return false;
  return columns.every((one, index) => {
    const { column, table } = columnName(one);
    return column === key[index] && (table === undefined || tables.has(table));
  });
}

function columnName(expression: unknown): { column: string; table: string | undefined } {
  const names = asTexts(asFields(asFields(expression)["ColumnRef"])["fields"]);
  return { column: names.at(-1) ?? "", table: names.at(-2) };
}

function fault(
  migration: Migration,
  statement: AnalysedStatement,
  sentence: string,
  { key, table }: Batch,
): HoldfastError {
  const range =
    key.length === 1 ? `${key.join("")} BETWEEN :from AND :to` : `(${key.join(", ")}) BETWEEN (:from) AND (:to)`;
  const next = `Write UPDATE ${table} SET … WHERE ${range} AND …, with the range beside the other conditions.`;
  return grammarFault(migration, statement.offset, `the backfill's statement ${sentence}`, next);
}
