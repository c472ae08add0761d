import { asFields, asNodes, asText, fieldsOf, kindOf, type Fields } from "../ast.js";
import type { JudgedStatement } from "../lint/rule.js";
import { quoteLiteral } from "../quote-identifier.js";

/** The constant that an UPDATE of the same file gives a column, as SQL; undefined where there is none. */
export function constantFill(
  { statements, schema }: JudgedStatement,
  table: string,
  column: string,
): string | undefined {
  for (const node of statements) {
    const fields = fieldsOf(node);
    if (kindOf(node) !== "UpdateStmt" || schema.tableId(fields["relation"]) !== table) continue;
    const target = asNodes(fields["targetList"])
      .map((one) => asFields(one["ResTarget"]))
      .find(({ name }) => asText(name) === column);
    const value = target && constantOf(asFields(asFields(target["val"])["A_Const"]));
    if (value !== undefined) return value;
  }
  return undefined;
}

/** An `A_Const`'s value as SQL; NULL is none. Zero, false and the empty text are left out of the tree. */
function constantOf(constant: Fields): string | undefined {
  const { ival, boolval } = { ...asFields(constant["ival"]), ...asFields(constant["boolval"]) };
  if ("sval" in constant) return quoteLiteral(asText(asFields(constant["sval"])["sval"]));
  if ("fval" in constant) return asText(asFields(constant["fval"])["fval"]);
  if ("ival" in constant) return typeof ival === "number" ? String(ival) : "0";
  if ("boolval" in constant) return boolval === true ? "true" : "false";
  return undefined;
}
