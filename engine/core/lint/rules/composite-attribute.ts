import { asText } from "../../ast.js";
import { liveTable } from "../live-table.js";
import type { JudgedStatement, Rule, Violation } from "../rule.js";
import { rangeParts } from "../schema/schema.js";
import { alterations, printId } from "../statement-facts.js";

/** Tables OF the type are written anew under ACCESS EXCLUSIVE; one with a column of it makes PostgreSQL refuse (observed). */
export const compositeAttribute: Rule = {
  id: "composite-attribute",
  severity: "error",
  harm: "stall",
  about: "changes the type of an attribute that tables hold",
  kinds: ["AlterTableStmt"],
  check: (statement) => {
    if (statement.fields["objtype"] !== "OBJECT_TYPE") return [];
    return alterations(statement)
      .filter(({ subtype }) => subtype === "AT_AlterColumnType")
      .flatMap((command) => violations(statement, asText(command["name"]), command["behavior"] === "DROP_CASCADE"));
  },
};

function violations(statement: JudgedStatement, attribute: string, isCascade: boolean): Violation[] {
  const { schema, fields } = statement;
  const id = schema.idOf(rangeParts(fields["relation"]), schema.types);
  const what = `changes the type of the attribute ${printId(id)}.${attribute}`;
  const fix = `Make a new type beside ${printId(id)}, and a column or table of it; copy in batches, and let the next release use it.`;
  const tables = [...schema.tables.values()];
  const holder = tables.find(({ columns }) => [...columns.values()].some(({ type }) => schema.type(type)?.id === id));
  if (holder !== undefined)
    return [{ message: `${what}, which a column of ${printId(holder.id)} holds: PostgreSQL refuses that`, fix }];
  const typed = tables.filter(({ ofType }) => ofType === id).flatMap((table) => liveTable(statement, table.id) ?? []);
  const names = typed.map(({ name }) => name).join(", ");
  if (typed.length > 0 && !isCascade)
    return [{ message: `${what} of the table ${names} without CASCADE: PostgreSQL refuses that`, fix }];
  if (typed.length > 0) return [{ message: `${what}: ${names} is written anew while nobody reads or writes`, fix }];
  return schema.types.has(id) || !isCascade
    ? []
    : [
        {
          message: `${what}, a type that no file shows: tables of it are written anew while nobody reads or writes`,
          fix,
        },
      ];
}
