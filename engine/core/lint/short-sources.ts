import { asFields, asNodes, asText, walk, type Fields } from "../ast.js";
import type { AstNode } from "../ports.js";
import { integerOf } from "./integer-of.js";

/** More rows than that are not a few. */
export const A_FEW = 10_000;

/** Aliases of what FROM or USING holds beside a table, as far as it has only so many rows as the file names. */
export function shortSources(beside: readonly AstNode[], withClause: unknown): ReadonlySet<string> {
  const short = new Set<string>();
  for (const node of asNodes(asFields(withClause)["ctes"])) {
    const query = asFields(node["CommonTableExpr"]);
    if (isShortQuery(query["ctequery"], short)) short.add(asText(query["ctename"]));
  }
  for (const node of beside) {
    const subselect = asFields(node["RangeSubselect"]);
    const relation = asFields(node["RangeVar"]);
    const isShort = isShortQuery(subselect["subquery"], short) || short.has(asText(relation["relname"]));
    if (isShort) for (const name of sourceNames(node)) short.add(name);
  }
  return short;
}

/** The names by which columns of a source are qualified, those inside a JOIN included. */
export function sourceNames(node: AstNode): string[] {
  const names: string[] = [];
  walk(node, (kind, fields) => {
    const alias = asText(asFields(fields["alias"])["aliasname"]);
    if (alias !== "") names.push(alias);
    else if (kind === "RangeVar") names.push(asText(fields["relname"]));
    return kind !== "RangeSubselect";
  });
  return names;
}

/** VALUES, a query without a table, one with a LIMIT, or one of nothing but a short query that has a name. */
export function isShortQuery(query: unknown, named: ReadonlySet<string>): boolean {
  const select = asFields(query)["SelectStmt"];
  if (select === undefined) return false;
  const fields = asFields(select);
  if (fields["op"] !== undefined && fields["op"] !== "SETOP_NONE") return false;
  if (fields["valuesLists"] !== undefined || isLimited(fields)) return true;
  const from = asNodes(fields["fromClause"]);
  return from.every((node) => named.has(asText(asFields(node["RangeVar"])["relname"])));
}

function isLimited({ limitCount }: Fields): boolean {
  if (limitCount === undefined) return false;
  const limit = integerOf(limitCount);
  // A variable is a batch's size; LIMIT ALL and NULL are none.
  return limit === undefined ? asFields(limitCount)["A_Const"] === undefined : limit <= A_FEW;
}
