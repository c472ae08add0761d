import { asFields, asNodes, asText, asTexts, fieldsOf, kindOf, type Fields } from "../../ast.js";

/** The names of a view's columns, in order; undefined where its query says `*`, or names nothing that can be read here. */
export function viewOutput(view: Fields): string[] | undefined {
  const given = asTexts(view["aliases"]);
  const query = asFields(asFields(view["query"])["SelectStmt"]);
  const names = asNodes(query["targetList"]).map((node) => nameOf(asFields(node["ResTarget"])));
  const found = names.flatMap((name, at) => given[at] ?? name ?? []);
  return names.length > 0 && found.length === names.length ? found : undefined;
}

/** Its alias, or the column or function it is (manual, SELECT, "SELECT List"). */
function nameOf(target: Fields): string | undefined {
  if (target["name"] !== undefined) return asText(target["name"]);
  const value = asFields(target["val"]);
  const parts = asTexts(fieldsOf(value)[kindOf(value) === "FuncCall" ? "funcname" : "fields"]);
  const last = kindOf(value) === "ColumnRef" || kindOf(value) === "FuncCall" ? parts.at(-1) : undefined;
  return last === "" ? undefined : last;
}
