import { asFields, asNodes, asText, fieldsOf, kindOf, lastName } from "./ast.js";
import type { AstNode } from "./ports.js";
import { quoteIdentifier } from "./quote-identifier.js";

/** Stands for what is known only when the statement runs; it parses wherever a name may stand. */
const UNKNOWN_NAME = "holdfast_unknown";
const UNKNOWN_LITERAL = `'${UNKNOWN_NAME}'`;

/**
 * The text that EXECUTE would run, as far as constants, `||`, format(), concat() and the quote functions tell it, with a
 * made-up name for each unknown part.
 * @param select the parsed `SELECT <expression>`
 * @returns undefined where no part of the text is known
 */
export function foldDynamicSql(select: AstNode): string | undefined {
  const target = asNodes(fieldsOf(select)["targetList"])[0];
  const value = asFields(asFields(target?.["ResTarget"])["val"]);
  const text = fold(value);
  return text.replaceAll(UNKNOWN_NAME, "").trim() === "" ? undefined : text;
}

function fold(node: AstNode): string {
  return constantOf(node) ?? FOLDERS.get(kindOf(node))?.(node) ?? UNKNOWN_NAME;
}

function constantOf(node: AstNode): string | undefined {
  const constant = node["A_Const"];
  if (constant === undefined) return undefined;
  const fields = asFields(constant);
  if ("sval" in fields) return asText(asFields(fields["sval"])["sval"]);
  if ("ival" in fields) return String(Number(asFields(fields["ival"])["ival"] ?? 0));
  return "fval" in fields ? asText(asFields(fields["fval"])["fval"]) : undefined;
}

const FOLDERS: ReadonlyMap<string, (node: AstNode) => string | undefined> = new Map([
  ["TypeCast", (node: AstNode) => fold(asFields(fieldsOf(node)["arg"]))],
  ["A_Expr", foldOperator],
  ["FuncCall", foldCall],
]);

function foldOperator(node: AstNode): string | undefined {
  const fields = fieldsOf(node);
  if (lastName(fields["name"]) !== "||") return undefined;
  return fold(asFields(fields["lexpr"])) + fold(asFields(fields["rexpr"]));
}

function foldCall(node: AstNode): string | undefined {
  const fields = fieldsOf(node);
  const args = asNodes(fields["args"]);
  const [first] = args;
  switch (lastName(fields["funcname"])) {
    case "format":
      return first && foldFormat(constantOf(first), args);
    case "concat":
      return args.map(fold).join("");
    case "quote_ident":
      return first && asName(first);
    case "quote_literal":
    case "quote_nullable":
      return UNKNOWN_LITERAL;
    default:
      return undefined;
  }
}

function foldFormat(pattern: string | undefined, args: readonly AstNode[]): string | undefined {
  let next = 0;
  return pattern?.replace(
    /%(?:%|(?:(\d+)\$)?-?\d*([sIL]))/g,
    (_, position: string | undefined, type: string | undefined) => {
      if (type === undefined) return "%";
      next = position === undefined ? next + 1 : Number(position);
      const arg = args[next];
      if (type === "L" || arg === undefined) return UNKNOWN_LITERAL;
      return type === "I" ? asName(arg) : fold(arg);
    },
  );
}

function asName(node: AstNode): string {
  const name = constantOf(node);
  return name === undefined ? UNKNOWN_NAME : quoteIdentifier(name);
}
