import { asFields, asNodes, asText, asTexts, fieldsOf, kindOf } from "../ast.js";
import type { AstNode } from "../ports.js";
import { integerOf } from "./integer-of.js";
import type { JudgedStatement } from "./rule.js";

/** What a statement does to a setting of the session. */
export interface SettingChange {
  readonly name: string;
  /** As text, `5s`; undefined where it goes back to the default. */
  readonly value?: string;
  /** Until the transaction ends. */
  readonly isLocal: boolean;
}

/** SET, RESET and SELECT set_config(…); a RESET ALL has the name `all`. */
export function settingChange(node: AstNode): SettingChange | undefined {
  const fields = fieldsOf(node);
  if (kindOf(node) === "SelectStmt") return configCall(node);
  if (kindOf(node) !== "VariableSetStmt") return undefined;
  const isLocal = fields["is_local"] === true;
  if (fields["kind"] === "VAR_RESET_ALL") return { name: "all", isLocal };
  const name = asText(fields["name"]).toLowerCase();
  const value = constantText(asNodes(fields["args"])[0]);
  return { name, isLocal, ...(fields["kind"] === "VAR_SET_VALUE" && value !== undefined && { value }) };
}

function configCall(node: AstNode): SettingChange | undefined {
  const [target, ...others] = asNodes(fieldsOf(node)["targetList"]);
  const call = asFields(asFields(asFields(target?.["ResTarget"])["val"])["FuncCall"]);
  if (others.length > 0 || asTexts(call["funcname"]).at(-1) !== "set_config") return undefined;
  const [name, value, isLocal] = asNodes(call["args"]);
  const text = constantText(value);
  const local = asFields(asFields(asFields(isLocal)["A_Const"])["boolval"])["boolval"] === true;
  return { name: (constantText(name) ?? "").toLowerCase(), isLocal: local, ...(text !== undefined && { value: text }) };
}

function constantText(node: AstNode | undefined): string | undefined {
  const constant = asFields(node?.["A_Const"]);
  const number = integerOf(node);
  if (number !== undefined) return String(number);
  return asText(asFields(constant["sval"])["sval"]) || asText(asFields(constant["fval"])["fval"]) || undefined;
}

/** The value a setting has before a statement, as far as the file itself set it. */
export function settingBefore(
  { statements, index, transaction }: Pick<JudgedStatement, "statements" | "index" | "transaction">,
  name: string,
): string | undefined {
  const changes = statements.slice(0, index).flatMap((node) => {
    const change = settingChange(node);
    if (change === undefined || (change.name !== name && change.name !== "all")) return [];
    const counts = !change.isLocal || transaction.earlier.some((earlier) => earlier.node === node);
    return counts ? [change] : [];
  });
  return changes.at(-1)?.value;
}

const UNITS_MS: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  "": 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Of a timeout; undefined where it is none that PostgreSQL takes. */
export function milliseconds(value: string): number | undefined {
  const [, digits = "", unit = ""] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/.exec(value) ?? [];
  const factor = UNITS_MS[unit];
  return digits === "" || factor === undefined ? undefined : Number(digits) * factor;
}

/** Whether a timeout of that name ends a wait at all before the statement. */
export function hasTimeout(
  statement: Pick<JudgedStatement, "statements" | "index" | "transaction">,
  name: string,
): boolean {
  const value = settingBefore(statement, name);
  return value !== undefined && milliseconds(value) !== 0;
}
