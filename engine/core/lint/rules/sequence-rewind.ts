import { asFields, asNodes, asText, fieldsOf, kindOf, option, type Fields } from "../../ast.js";
import type { AstNode } from "../../ports.js";
import { callsHere } from "../calls-here.js";
import { constantText, namePartsOf, numeral } from "../constants.js";
import { isOwnTable } from "../own-tables.js";
import type { JudgedStatement, Rule, Violation } from "../rule.js";
import { rangeParts } from "../schema/schema.js";
import { alterations, isNewHere, printId, sqlName } from "../statement-facts.js";

/** A place that the file fixes says nothing of the keys that are taken by then. */
export const sequenceRewind: Rule = {
  id: "sequence-rewind",
  severity: "error",
  harm: "break",
  about: "sets a sequence to a fixed place: the next keys may be taken",
  kinds: ["AlterSeqStmt", "AlterTableStmt", "SelectStmt"],
  check: (statement) => {
    if (statement.kind === "AlterSeqStmt") return ofSequence(statement);
    return statement.kind === "AlterTableStmt" ? ofIdentity(statement) : ofCalls(statement);
  },
};

function ofSequence(statement: JudgedStatement): Violation[] {
  const { fields, schema } = statement;
  const restart = option(fields["options"], "restart");
  const id = schema.idOf(rangeParts(fields["sequence"]), schema.sequences);
  if (restart === undefined || isNewHere(statement, schema.sequences.get(id))) return [];
  return [violation(`sequence ${printId(id)}`, sqlName(id), startOf(restart))];
}

function ofIdentity(statement: JudgedStatement): Violation[] {
  const { fields, schema } = statement;
  const id = schema.tableId(fields["relation"]);
  const table = schema.tables.get(id);
  if (isOwnTable(statement, id)) return [];
  return alterations(statement)
    .filter(
      ({ subtype, name }) => subtype === "AT_SetIdentity" && !isNewHere(statement, table?.columns.get(asText(name))),
    )
    .flatMap(({ name, def }) => {
      const restart = option(def, "restart");
      const column = asText(name);
      return restart === undefined
        ? []
        : violation(`the keys of ${printId(id)}.${column}`, `${sqlName(id)}_${column}_seq`, startOf(restart));
    });
}

function ofCalls(statement: JudgedStatement): Violation[] {
  return callsHere(statement.fields)
    .filter(
      ({ name, args }) =>
        name === "setval" && constantText(args[1]) !== undefined && !isOwnSequence(statement, args[0]),
    )
    .map(({ args }) => {
      const name = constantText(args[0]);
      const what = name === undefined ? "a sequence" : `sequence ${name}`;
      return violation(what, name, constantText(args[1]));
    });
}

/** Of `'orders_id_seq'`, or of `pg_get_serial_sequence('orders', 'id')`. */
function isOwnSequence(statement: JudgedStatement, argument: AstNode | undefined): boolean {
  const { schema } = statement;
  const name = constantText(argument);
  if (name !== undefined)
    return isNewHere(statement, schema.sequences.get(schema.idOf(namePartsOf(name), schema.sequences)));
  if (argument === undefined || kindOf(argument) !== "FuncCall") return false;
  const table = constantText(asNodes(fieldsOf(argument)["args"])[0]);
  return table !== undefined && isOwnTable(statement, schema.idOf(namePartsOf(table), schema.tables));
}

/** Undefined: the place it began at. */
function startOf({ arg }: Fields): string | undefined {
  return arg === undefined ? undefined : numeral(fieldsOf(asFields(arg)));
}

function violation(what: string, sequence: string | undefined, place: string | undefined): Violation {
  const message = `sets ${what} to ${place ?? "its start"}, whatever keys are taken by then: the next inserts collide with old rows`;
  if (sequence === undefined) return { message };
  const fix = `-- only ever forward:\nSELECT setval('${sequence}', greatest(${place ?? "1"}, (SELECT last_value FROM ${sequence})));`;
  return { message, fix };
}
