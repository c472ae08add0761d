import { asFields, asText, type Fields } from "./ast.js";

/** More rounds than that are not a few. */
const A_FEW = 100;

/** Whether a loop of PL/pgSQL goes round only so often as is written in it: over constants, or a query without a table. */
export function isShortLoop(kind: string, fields: Fields): boolean {
  switch (kind) {
    case "PLpgSQL_stmt_fori": {
      const [lower, upper] = [numberOf(fields["lower"]), numberOf(fields["upper"])];
      return Math.abs(upper - lower) <= A_FEW;
    }
    case "PLpgSQL_stmt_fors":
      return !/\bfrom\b/i.test(queryOf(fields["query"]));
    case "PLpgSQL_stmt_foreach_a":
      return /^\s*(array\s*\[|')/i.test(queryOf(fields["expr"]));
    default:
      return false;
  }
}

/** NaN where it is no plain number: then nothing is known of it. */
function numberOf(expression: unknown): number {
  const text = queryOf(expression).trim();
  return /^-?\d+$/.test(text) ? Number(text) : NaN;
}

function queryOf(expression: unknown): string {
  return asText(asFields(asFields(expression)["PLpgSQL_expr"])["query"]);
}
