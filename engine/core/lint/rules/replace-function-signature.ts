import { asFields, asNodes, asTexts, asText, fieldsOf, kindOf, option } from "../../ast.js";
import type { AstNode } from "../../ports.js";
import type { JudgedStatement, Rule, Violation } from "../rule.js";
import type { RoutineSignature } from "../schema/objects.js";
import { hasSameArguments, readRoutine } from "../schema/replay-routines.js";
import { printType, readTypeName } from "../schema/type-names.js";
import { isNewHere, printId } from "../statement-facts.js";

/** What a caller relies on beside the name: arguments, whose rights it runs with, and what the planner may assume of it. */
export const replaceFunctionSignature: Rule = {
  id: "replace-function-signature",
  severity: "error",
  harm: "break",
  about: "changes a function under its callers: arguments, result, rights or volatility",
  kinds: ["DropStmt", "CreateFunctionStmt", "AlterFunctionStmt"],
  check: (statement) => {
    if (statement.file.phase === "contract") return [];
    switch (statement.kind) {
      case "DropStmt":
        return madeWithOthers(statement);
      case "CreateFunctionStmt":
        return replaced(statement);
      default:
        return altered(statement);
    }
  },
};

const ROUTINES: ReadonlySet<unknown> = new Set(["OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE"]);

function madeWithOthers(statement: JudgedStatement): Violation[] {
  const { fields, schema, statements, index } = statement;
  if (!ROUTINES.has(fields["removeType"])) return [];
  const made = statements.slice(index + 1).filter((node) => kindOf(node) === "CreateFunctionStmt");
  return asNodes(fields["objects"]).flatMap((object) => {
    const old = meantBy(statement, asFields(object["ObjectWithArgs"])).filter((one) => !isNewHere(statement, one));
    const fresh = made.map((node) => readRoutine(fieldsOf(node), schema, { file: 0n, isCertain: true }));
    const other = old.find(
      (one) =>
        fresh.some(({ id }) => id === one.id) && !fresh.some((two) => two.id === one.id && hasSameArguments(one, two)),
    );
    if (other === undefined) return [];
    const message = `takes ${printId(other.id)}(${other.argumentTypes.join(", ")}) away for one with other arguments: who calls it with the old ones fails`;
    return [
      {
        message,
        fix: `Make the new one beside it, under the same name, and drop ${printId(other.id)}(${other.argumentTypes.join(", ")}) in a contract.`,
      },
    ];
  });
}

function replaced(statement: JudgedStatement): Violation[] {
  const { fields, schema, file } = statement;
  if (fields["replace"] !== true) return [];
  const fresh = readRoutine(fields, schema, { file: file.order, isCertain: false });
  const old = (schema.routines.get(fresh.id) ?? []).find((one) => hasSameArguments(one, fresh));
  return old === undefined || isNewHere(statement, old) ? [] : [...refusals(old, fresh), ...changes(old, fresh)];
}

/** What CREATE OR REPLACE may not change (manual, CREATE FUNCTION, Notes). */
function refusals(old: RoutineSignature, fresh: RoutineSignature): Violation[] {
  const name = `${printId(old.id)}(${old.argumentTypes.join(", ")})`;
  const fix = `Make it under another name, and drop ${name} in a contract once no release calls it.`;
  if (old.returns !== "" && fresh.returns !== "" && old.returns !== fresh.returns)
    return [{ message: `lets ${name} return ${fresh.returns} instead of ${old.returns}: it fails`, fix }];
  const renamed = old.argumentNames.find((one, at) => one !== "" && one !== fresh.argumentNames[at]);
  return renamed === undefined
    ? []
    : [
        {
          message: `gives the argument ${renamed} of ${name} another name: it fails, and so would callers that name it`,
          fix,
        },
      ];
}

function altered(statement: JudgedStatement): Violation[] {
  const { fields } = statement;
  const [security, volatility] = ["security", "volatility"].map((name) => option(fields["actions"], name)?.["arg"]);
  return meantBy(statement, asFields(fields["func"]))
    .filter((one) => !isNewHere(statement, one))
    .flatMap((old) => {
      const isSecurityDefiner = asFields(asFields(security)["Boolean"])["boolval"] === true;
      const word = asText(asFields(asFields(volatility)["String"])["sval"]);
      return changes(old, {
        isSecurityDefiner: security === undefined ? old.isSecurityDefiner : isSecurityDefiner,
        volatility: volatility === undefined ? old.volatility : word,
      });
    });
}

function changes(
  old: RoutineSignature,
  fresh: { readonly isSecurityDefiner: boolean; readonly volatility: string },
): Violation[] {
  const name = `${printId(old.id)}(${old.argumentTypes.join(", ")})`;
  const found: Violation[] = [];
  if (old.isSecurityDefiner && !fresh.isSecurityDefiner) {
    const message = `lets ${name} run with its caller's rights instead of its owner's: callers who lack them fail`;
    found.push({ message, fix: `Keep SECURITY DEFINER, or grant the callers what ${name} reads and writes first.` });
  } else if (!old.isSecurityDefiner && fresh.isSecurityDefiner) {
    const message = `lets ${name} run with its owner's rights: every caller may do by it what the owner may`;
    found.push({ message, severity: "warning" });
  }
  if (old.volatility !== fresh.volatility) {
    const message = `makes ${name} ${fresh.volatility}, which was ${old.volatility}: plans change, and indexes made with it may be wrong`;
    found.push({ message, severity: "warning" });
  }
  return found;
}

function meantBy({ schema }: JudgedStatement, described: AstNode): readonly RoutineSignature[] {
  const overloads = schema.routinesNamed(asTexts(described["objname"]));
  const types = asNodes(described["objargs"]).map(({ TypeName }) => printType(readTypeName(TypeName)));
  return described["args_unspecified"] === true
    ? overloads
    : overloads.filter((one) => one.argumentTypes.join() === types.join());
}
