import { asFields, asText, fieldsOf, kindOf, type Fields } from "../ast.js";
import type { AstNode } from "../ports.js";

/** The text of a constant, casts taken off: `'a'::regclass` is a, `-1` is -1; undefined for anything else. */
export function constantText(node: AstNode | undefined): string | undefined {
  if (node === undefined) return undefined;
  if (kindOf(node) === "TypeCast") return constantText(asFields(fieldsOf(node)["arg"]));
  if (kindOf(node) !== "A_Const") return undefined;
  const fields = fieldsOf(node);
  if ("sval" in fields) return asText(asFields(fields["sval"])["sval"]);
  const number = fields["ival"] ?? fields["fval"];
  return number === undefined ? undefined : numeral(asFields(number));
}

/** Of an `Integer` or `Float` node's fields; zero is left out of the tree. */
export function numeral({ ival, fval }: Fields): string {
  return typeof ival === "number" ? String(ival) : asText(fval) || "0";
}

/** The parts of a name inside a text, as regclass reads it: `app."Orders"`. */
export function namePartsOf(text: string): string[] {
  return [...text.matchAll(/"((?:[^"]|"")*)"|([^."]+)/g)].map(([, quoted, bare]) =>
    quoted === undefined ? (bare ?? "").trim().toLowerCase() : quoted.replaceAll('""', '"'),
  );
}
