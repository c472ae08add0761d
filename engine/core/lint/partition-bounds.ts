import { asFields, asNodes, asText, asTexts, fieldsOf, kindOf, type Fields } from "../ast.js";
import type { AstNode } from "../ports.js";
import { quoteLiteral } from "../quote-identifier.js";

/** A value in a bound or a CHECK. Others (expressions, dates in words) are compared by nobody here. */
export type KeyValue = number | string;

/** One comparison of the partition key with a value. */
export interface KeyCondition {
  readonly operator: string;
  readonly value: KeyValue;
}

/** FOR VALUES of a partition whose key is one column. */
export type KeyBounds =
  | { readonly kind: "list"; readonly values: readonly KeyValue[] }
  /** Unset: MINVALUE, MAXVALUE. */
  | { readonly kind: "range"; readonly from?: KeyValue; readonly to?: KeyValue };

/** Undefined for hash, for several columns, and for what is no plain value. */
export function readBounds(bound: Fields): KeyBounds | undefined {
  const listed = asNodes(bound["listdatums"]).map(readValue);
  if (bound["strategy"] === "l") {
    const values = listed.flatMap((value) => value ?? []);
    return values.length === listed.length && values.length > 0 ? { kind: "list", values } : undefined;
  }
  const [lower, upper] = [asNodes(bound["lowerdatums"]), asNodes(bound["upperdatums"])];
  if (bound["strategy"] !== "r" || lower.length !== 1 || upper.length !== 1) return undefined;
  const [from, to] = [edge(lower[0]), edge(upper[0])];
  if (from === undefined || to === undefined) return undefined;
  return {
    kind: "range",
    ...(from.value !== undefined && { from: from.value }),
    ...(to.value !== undefined && { to: to.value }),
  };
}

/** The condition that PostgreSQL asks of a partition's rows, as SQL. */
export function boundsAsSql(key: string, bounds: KeyBounds): string {
  const given = `${key} IS NOT NULL`;
  if (bounds.kind === "list") return `${given} AND ${key} IN (${bounds.values.map(literal).join(", ")})`;
  const from = bounds.from === undefined ? [] : [`${key} >= ${literal(bounds.from)}`];
  const to = bounds.to === undefined ? [] : [`${key} < ${literal(bounds.to)}`];
  return [given, ...from, ...to].join(" AND ");
}

/** `key < 10`, `10 > key`, `key BETWEEN 1 AND 9`: what must hold together. Undefined: something else. */
export function readComparison(node: AstNode, key: string): KeyCondition[] | undefined {
  const fields = fieldsOf(node);
  if (kindOf(node) !== "A_Expr") return undefined;
  const [left, right] = [asFields(fields["lexpr"]), fields["rexpr"]];
  const operator = asTexts(fields["name"]).at(-1) ?? "";
  if (fields["kind"] === "AEXPR_BETWEEN" && isKey(left, key)) {
    const [from, to] = asNodes(right).map(readValue);
    return from === undefined || to === undefined
      ? undefined
      : [
          { operator: ">=", value: from },
          { operator: "<=", value: to },
        ];
  }
  if (fields["kind"] !== "AEXPR_OP") return undefined;
  const isTurned = isKey(asFields(right), key);
  const value = isTurned ? readValue(left) : isKey(left, key) ? readValue(asFields(right)) : undefined;
  return value === undefined ? undefined : [{ operator: isTurned ? (TURNED[operator] ?? operator) : operator, value }];
}

/** `key IN (1, 2)`, `key = 1`; undefined: something else. */
export function readMembership(node: AstNode, key: string, isIn: boolean): KeyValue[] | undefined {
  const fields = fieldsOf(node);
  const operator = isIn ? "=" : "<>";
  if (kindOf(node) !== "A_Expr" || asTexts(fields["name"]).at(-1) !== operator) return undefined;
  if (fields["kind"] === "AEXPR_OP") return readComparison(node, key)?.map(({ value }) => value);
  if (fields["kind"] !== "AEXPR_IN" || !isKey(asFields(fields["lexpr"]), key)) return undefined;
  const values = asNodes(fields["rexpr"]).map(readValue);
  return values.includes(undefined) ? undefined : values.flatMap((value) => value ?? []);
}

/** Below zero, zero, above; undefined where nobody can tell from the text. */
export function compareValues(a: KeyValue, b: KeyValue): number | undefined {
  if (a === b) return 0;
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "string" && typeof b === "string" && a.length === b.length && DATE.test(a) && DATE.test(b)) {
    return a < b ? -1 : 1;
  }
  return undefined;
}

const TURNED: Readonly<Record<string, string>> = { "<": ">", "<=": ">=", ">": "<", ">=": "<=" };
const DATE = /^\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?)?(?:Z|\+00)?$/;

/** MINVALUE and MAXVALUE, which come as columns of that name, are no value. */
function edge(node: AstNode = {}): { readonly value?: KeyValue } | undefined {
  const word = asTexts(asFields(node["ColumnRef"])["fields"]).at(-1);
  if (word === "minvalue" || word === "maxvalue") return {};
  const value = readValue(node);
  return value === undefined ? undefined : { value };
}

function readValue(node: AstNode): KeyValue | undefined {
  if (kindOf(node) === "TypeCast") return readValue(asFields(fieldsOf(node)["arg"]));
  const constant = asFields(node["A_Const"]);
  if ("ival" in constant) return Number(asFields(constant["ival"])["ival"] ?? 0);
  return "sval" in constant ? asText(asFields(constant["sval"])["sval"]) : undefined;
}

function isKey(node: AstNode, key: string): boolean {
  return asTexts(asFields(node["ColumnRef"])["fields"]).at(-1) === key;
}

function literal(value: KeyValue): string {
  return typeof value === "number" ? String(value) : quoteLiteral(value);
}
