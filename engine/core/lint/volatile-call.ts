import { asTexts, walk } from "../ast.js";
import type { Schema } from "./schema/schema.js";
import { VOLATILE_BUILT_INS, STEADY_BUILT_INS } from "./built-in-volatility.js";

/**
 * The first function of an expression that may give another value for each row, as a person names it; undefined where there
 * is none. The user's own functions are looked up in the files; what nobody knows counts as volatile.
 */
export function volatileCall(expression: unknown, schema: Schema): string | undefined {
  let found: string | undefined;
  walk(expression, (kind, fields) => {
    if (kind === "FuncCall" && found === undefined && isVolatile(asTexts(fields["funcname"]), schema)) {
      found = `${asTexts(fields["funcname"]).join(".")}()`;
    }
    return true;
  });
  return found;
}

function isVolatile(parts: readonly string[], schema: Schema): boolean {
  const name = parts.at(-1) ?? "";
  const isQualified = parts.length > 1;
  const overloads = schema.routinesNamed(parts);
  if (overloads.length > 0) return overloads.some(({ volatility }) => volatility === "volatile");
  if (isQualified && parts.at(-2) !== "pg_catalog") return true;
  return VOLATILE_BUILT_INS.has(name) || !STEADY_BUILT_INS.has(name);
}
