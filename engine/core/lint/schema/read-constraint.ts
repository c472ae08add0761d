import { asFields, asNodes, asText, asTexts, kindOf, fieldsOf, walk, type Fields } from "../../ast.js";
import type { AstNode } from "../../ports.js";
import type { Constraint, ConstraintKind, Maker, Table } from "./objects.js";
import type { Schema } from "./schema.js";

export interface ConstraintPlace {
  readonly schema: Schema;
  /** The table's name without its schema: PostgreSQL builds a constraint's name from it. */
  readonly tableName: string;
  /** Names taken so far. */
  readonly taken: ReadonlySet<string>;
  /** Set where it stands behind a column. */
  readonly column?: string;
  readonly maker: Maker;
}

const KINDS: Readonly<Partial<Record<string, ConstraintKind>>> = {
  CONSTR_CHECK: "check",
  CONSTR_NOTNULL: "not null",
  CONSTR_UNIQUE: "unique",
  CONSTR_PRIMARY: "primary key",
  CONSTR_FOREIGN: "foreign key",
  CONSTR_EXCLUSION: "exclusion",
};
const ENDINGS: Readonly<Record<ConstraintKind, string>> = {
  check: "check",
  "not null": "not_null",
  unique: "key",
  "primary key": "pkey",
  "foreign key": "fkey",
  exclusion: "excl",
};
const DELETE_ACTIONS: Readonly<Record<string, NonNullable<Constraint["onDelete"]>>> = {
  a: "no action",
  r: "restrict",
  c: "cascade",
  n: "set null",
  d: "set default",
};

/** Reads a `Constraint` node's fields; undefined for what is none to the catalog (DEFAULT, IDENTITY, GENERATED, NULL). */
export function readConstraint(fields: Fields, place: ConstraintPlace): Constraint | undefined {
  const kind = KINDS[asText(fields["contype"])];
  if (kind === undefined) return undefined;
  const columns = columnsOf(fields, kind, place);
  const onDelete = DELETE_ACTIONS[asText(fields["fk_del_action"])];
  return {
    name: asText(fields["conname"]) || nameFor(kind, columns, place),
    kind,
    columns,
    isValid: fields["skip_validation"] !== true,
    proves: provenNotNull(fields, kind, columns),
    ...(kind === "check" && { expression: asFields(fields["raw_expr"]) }),
    ...(kind === "foreign key" && { references: place.schema.tableId(fields["pktable"]) }),
    ...(kind === "foreign key" && onDelete !== undefined && { onDelete }),
    maker: place.maker,
  };
}

/** The constraints of a table with one more. */
export function withConstraint(table: Table, constraint: Constraint | undefined): Table {
  if (constraint === undefined) return table;
  return { ...table, constraints: new Map(table.constraints).set(constraint.name, constraint) };
}

/** Columns that are not null wherever the expression of a CHECK is true: `c IS NOT NULL`, alone or joined by AND. */
export function notNullColumns(expression: AstNode): string[] {
  return testedColumns(expression, true);
}

/** @param isTrue whether the expression holds, or, behind NOT, does not */
function testedColumns(expression: AstNode, isTrue: boolean): string[] {
  const fields = fieldsOf(expression);
  if (kindOf(expression) === "BoolExpr") {
    const [first] = asNodes(fields["args"]);
    if (fields["boolop"] === "NOT_EXPR") return first === undefined ? [] : testedColumns(first, !isTrue);
    const isJoined = fields["boolop"] === (isTrue ? "AND_EXPR" : "OR_EXPR");
    return isJoined ? asNodes(fields["args"]).flatMap((one) => testedColumns(one, isTrue)) : [];
  }
  const tests = isTrue ? "IS_NOT_NULL" : "IS_NULL";
  if (kindOf(expression) !== "NullTest" || fields["nulltesttype"] !== tests) return [];
  const name = asTexts(asFields(asFields(fields["arg"])["ColumnRef"])["fields"]).at(-1);
  return name === undefined ? [] : [name];
}

/** Every column an expression names, once. */
export function namedColumns(expression: unknown): string[] {
  const names = new Set<string>();
  walk(expression, (kind, fields) => {
    const name = kind === "ColumnRef" ? asTexts(fields["fields"]).at(-1) : undefined;
    if (name !== undefined) names.add(name);
    return true;
  });
  return [...names];
}

function columnsOf(fields: Fields, kind: ConstraintKind, { column, schema, tableName }: ConstraintPlace): string[] {
  if (kind === "check") return namedColumns(fields["raw_expr"]);
  if (kind === "foreign key") {
    const own = asTexts(fields["fk_attrs"]);
    return own.length > 0 || column === undefined ? own : [column];
  }
  const index = asText(fields["indexname"]);
  if (index !== "") {
    const used = schema.indexes.get(schema.idOf([index], schema.indexes));
    return (used?.columns ?? []).flatMap((name) => name ?? []);
  }
  const keys = asTexts(fields["keys"]);
  if (keys.length > 0) return keys;
  if (kind === "exclusion") return exclusionColumns(fields);
  return column === undefined || tableName === "" ? [] : [column];
}

function exclusionColumns(fields: Fields): string[] {
  return asNodes(fields["exclusions"]).flatMap((pair) => {
    const name = asText(asFields(asFields(asNodes(pair)[0])["IndexElem"])["name"]);
    return name === "" ? [] : [name];
  });
}

function provenNotNull(fields: Fields, kind: ConstraintKind, columns: readonly string[]): readonly string[] {
  if (kind === "not null" || kind === "primary key") return columns;
  return kind === "check" ? notNullColumns(asFields(fields["raw_expr"])) : [];
}

/** As PostgreSQL names it (source: ChooseConstraintName, ChooseIndexName): table, columns, kind; then a number. */
function nameFor(
  kind: ConstraintKind,
  columns: readonly string[],
  { tableName, taken, column }: ConstraintPlace,
): string {
  const middle = kind === "primary key" ? [] : kind === "check" && column === undefined ? columns.slice(0, 1) : columns;
  const base = [tableName, ...(kind === "check" && columns.length > 1 ? [] : middle), ENDINGS[kind]]
    .join("_")
    .slice(0, 63);
  for (let number = 0; ; number++) {
    const name = number === 0 ? base : `${base}${number}`;
    if (!taken.has(name)) return name;
  }
}
