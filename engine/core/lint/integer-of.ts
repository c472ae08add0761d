import { asFields } from "../ast.js";

/** An integer as it is written in an expression; undefined for any other expression. Zero is left out of the tree. */
export function integerOf(value: unknown): number | undefined {
  const constant = asFields(asFields(value)["A_Const"]);
  if (constant["ival"] === undefined) return undefined;
  return Number(asFields(constant["ival"])["ival"] ?? 0);
}
