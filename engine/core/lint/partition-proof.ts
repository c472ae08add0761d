import { asFields, asNodes, asTexts, fieldsOf, kindOf } from "../ast.js";
import type { AstNode } from "../ports.js";
import {
  compareValues,
  readComparison,
  readMembership,
  type KeyBounds,
  type KeyCondition,
} from "./partition-bounds.js";
import { isProvenNotNull } from "./safe-forms.js";
import type { Table } from "./schema/objects.js";

/** Whether valid CHECKs show that every row lies within the bounds: PostgreSQL then reads none (manual, ATTACH PARTITION). */
export function provesWithin(table: Table | undefined, key: string, bounds: KeyBounds): boolean {
  if (!isProvenNotNull(table === undefined ? {} : { table }, key)) return false;
  const conditions = checkedConditions(table);
  if (bounds.kind === "list") {
    const isListed = (node: AstNode): boolean | undefined =>
      readMembership(node, key, true)?.every((value) => bounds.values.includes(value));
    return conditions.some((node) => isListed(node) === true);
  }
  const compared = conditions.flatMap((node) => readComparison(node, key) ?? []);
  const { from, to } = bounds;
  const isAbove = from === undefined || compared.some((one) => reaches(one, [">", ">=", "="], from, [0, 1]));
  const isBelow =
    to === undefined || compared.some((one) => reaches(one, ["<"], to, [-1, 0]) || reaches(one, ["<=", "="], to, [-1]));
  return isAbove && isBelow;
}

/** Whether a valid CHECK of the default partition shows that none of its rows lies within the bounds. */
export function provesOutside(table: Table | undefined, key: string, bounds: KeyBounds): boolean {
  return checkedConditions(table).some((node) => alternatives(node, true).every((one) => isOutside(one, key, bounds)));
}

/** The parts of the valid CHECKs that hold together. */
function checkedConditions(table: Table | undefined): AstNode[] {
  return [...(table?.constraints.values() ?? [])].flatMap(({ kind, isValid, expression }) =>
    kind === "check" && isValid && expression !== undefined ? conjuncts(expression) : [],
  );
}

function conjuncts(node: AstNode): AstNode[] {
  const isAnd = kindOf(node) === "BoolExpr" && fieldsOf(node)["boolop"] === "AND_EXPR";
  return isAnd ? asNodes(fieldsOf(node)["args"]).flatMap(conjuncts) : [node];
}

/** A condition, or one that must not hold. */
interface Alternative {
  readonly node: AstNode;
  readonly isTrue: boolean;
}

/** Of which one holds: `a OR b`, `NOT (c AND d)`. */
function alternatives(node: AstNode, isTrue: boolean): Alternative[] {
  const { boolop, args } = fieldsOf(node);
  if (kindOf(node) !== "BoolExpr") return [{ node, isTrue }];
  if (boolop === "NOT_EXPR") return asNodes(args).flatMap((one) => alternatives(one, !isTrue));
  const isSplit = boolop === (isTrue ? "OR_EXPR" : "AND_EXPR");
  return isSplit ? asNodes(args).flatMap((one) => alternatives(one, isTrue)) : [{ node, isTrue }];
}

function isOutside({ node, isTrue }: Alternative, key: string, bounds: KeyBounds): boolean {
  const fields = fieldsOf(node);
  if (kindOf(node) === "NullTest") {
    const isKey = asTexts(asFields(asFields(fields["arg"])["ColumnRef"])["fields"]).at(-1) === key;
    return isKey && fields["nulltesttype"] === (isTrue ? "IS_NULL" : "IS_NOT_NULL");
  }
  if (bounds.kind === "list") {
    const excluded = readMembership(node, key, !isTrue) ?? [];
    const allowed = readMembership(node, key, isTrue);
    const isElsewhere = allowed?.every((value) => !bounds.values.includes(value)) === true;
    return isElsewhere || bounds.values.every((value) => excluded.includes(value));
  }
  const compared = readComparison(node, key) ?? [];
  if (isTrue) return compared.some((one) => isBeyond(one, bounds));
  return compared.length > 0 && compared.every((one) => isBeyond(opposite(one), bounds));
}

function isBeyond(one: KeyCondition, { from, to }: Extract<KeyBounds, { kind: "range" }>): boolean {
  const isBefore = from !== undefined && (reaches(one, ["<"], from, [-1, 0]) || reaches(one, ["<=", "="], from, [-1]));
  return isBefore || (to !== undefined && reaches(one, [">", ">=", "="], to, [0, 1]));
}

const OPPOSITES: Readonly<Record<string, string>> = { "<": ">=", "<=": ">", ">": "<=", ">=": "<" };

function opposite({ operator, value }: KeyCondition): KeyCondition {
  return { operator: OPPOSITES[operator] ?? "", value };
}

/** Whether the condition has one of the operators, and its value stands to the other as one of the signs says. */
function reaches(
  { operator, value }: KeyCondition,
  operators: readonly string[],
  other: KeyCondition["value"],
  signs: readonly number[],
): boolean {
  const order = operators.includes(operator) ? compareValues(value, other) : undefined;
  return order !== undefined && signs.includes(Math.sign(order));
}
