import { asFields, asNodes, asText, option, type Fields } from "../../ast.js";
import type { Maker, RoutineSignature, Volatility } from "./objects.js";
import { listParts, type Schema } from "./schema.js";
import { printType, readTypeName } from "./type-names.js";

const OUTPUTS: ReadonlySet<unknown> = new Set(["FUNC_PARAM_OUT", "FUNC_PARAM_TABLE"]);
const VOLATILITIES: ReadonlySet<string> = new Set(["immutable", "stable", "volatile"]);

export function createRoutine(fields: Fields, schema: Schema, maker: Maker): void {
  const made = readRoutine(fields, schema, maker);
  const others = (schema.routines.get(made.id) ?? []).filter((one) => !hasSameArguments(one, made));
  schema.routines.set(made.id, [...others, made]);
}

/** What a CREATE FUNCTION or CREATE PROCEDURE defines. */
export function readRoutine(fields: Fields, schema: Schema, maker: Maker): RoutineSignature {
  const parts = listParts(fields["funcname"]);
  const inputs = asNodes(fields["parameters"])
    .map((node) => asFields(node["FunctionParameter"]))
    .filter(({ mode }) => !OUTPUTS.has(mode));
  const returned = asFields(fields["returnType"]);
  return {
    id: schema.newId(parts),
    argumentTypes: inputs.map(({ argType }) => printType(readTypeName(argType))),
    argumentNames: inputs.map(({ name }) => asText(name)),
    returns: `${returned["setof"] === true ? "setof " : ""}${printType(readTypeName(returned))}`,
    volatility: volatilityOf(fields),
    isSecurityDefiner:
      asFields(asFields(option(fields["options"], "security")?.["arg"])["Boolean"])["boolval"] === true,
    maker: { ...maker, isCertain: maker.isCertain && fields["replace"] !== true },
  };
}

export function hasSameArguments(a: RoutineSignature, b: RoutineSignature): boolean {
  return a.argumentTypes.join() === b.argumentTypes.join();
}

/** Volatile where nothing is said (manual, CREATE FUNCTION). */
function volatilityOf(fields: Fields): Volatility {
  const argument = asFields(option(fields["options"], "volatility")?.["arg"]);
  const word = asText(asFields(argument["String"])["sval"]).toLowerCase();
  return VOLATILITIES.has(word) ? (word as Volatility) : "volatile";
}
