import { asFields, asNodes, asText, fieldsOf, kindOf, type Fields } from "../ast.js";
import type { JudgedStatement } from "./rule.js";

const ALWAYS_UTC = /^(?:etc\/)?(?:utc|gmt|uct|zulu|universal|greenwich|gmt[+-]?0|0|[+-]?00?(?::00)?)$/i;

/** Whether the session's time zone is UTC for certain when the statement runs: Holdfast's runner sets it, other tools do not. */
export function runsInUtc({ statements, index, file, transaction }: JudgedStatement): boolean {
  let isUtc = file.manner === "holdfast";
  for (const node of statements.slice(0, index)) {
    const fields = fieldsOf(node);
    if (kindOf(node) !== "VariableSetStmt") continue;
    if (fields["kind"] === "VAR_RESET_ALL") isUtc = false;
    if (asText(fields["name"]).toLowerCase() !== "timezone") continue;
    const isOver = fields["is_local"] === true && !transaction.earlier.some((earlier) => earlier.node === node);
    if (!isOver) isUtc = namesUtc(fields);
  }
  return isUtc;
}

function namesUtc(fields: Fields): boolean {
  const [argument] = asNodes(fields["args"]);
  const constant = asFields(argument?.["A_Const"]);
  // Zero is left out of the tree.
  if ("ival" in constant) return asFields(constant["ival"])["ival"] === undefined;
  return ALWAYS_UTC.test(asText(asFields(constant["sval"])["sval"]));
}
