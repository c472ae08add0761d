import { asFields, asNodes, asText } from "../../ast.js";
import { quoteIdentifier } from "../../quote-identifier.js";
import { alterations, isNewHere, printId, sqlName } from "../statement-facts.js";
import type { Rule } from "../rule.js";
import { volatileCall } from "../volatile-call.js";

/** A volatile default has one value per row: PostgreSQL writes the table anew (manual, ALTER TABLE, Notes). */
export const addColumnVolatileDefault: Rule = {
  id: "add-column-volatile-default",
  severity: "error",
  harm: "stall",
  about: "adds a column whose default has one value per row",
  kinds: ["AlterTableStmt"],
  check: (statement) => {
    const { schema, fields } = statement;
    if (isNewHere(statement, schema.table(fields["relation"]))) return [];
    const id = schema.tableId(fields["relation"]);
    return alterations(statement)
      .filter(({ subtype }) => subtype === "AT_AddColumn")
      .flatMap(({ def }) => {
        const definition = asFields(asFields(def)["ColumnDef"]);
        const called = volatileCall(defaultOf(definition["constraints"]), schema);
        if (called === undefined) return [];
        const column = asText(definition["colname"]);
        const message = `adds ${printId(id)}.${column} with a default that calls ${called}: the table is written anew while nobody reads or writes`;
        return [{ message, fix: safeForm(sqlName(id), column) }];
      });
  },
};

function defaultOf(constraints: unknown): unknown {
  return asNodes(constraints)
    .map((node) => asFields(node["Constraint"]))
    .find(({ contype }) => contype === "CONSTR_DEFAULT")?.["raw_expr"];
}

function safeForm(table: string, column: string): string {
  const quoted = quoteIdentifier(column);
  return [
    "-- expand:",
    `ALTER TABLE ${table} ADD COLUMN ${quoted} <type>;`,
    `ALTER TABLE ${table} ALTER COLUMN ${quoted} SET DEFAULT <default>;`,
    "-- backfill, a file of its own:",
    `UPDATE ${table} SET ${quoted} = <default> WHERE ${quoted} IS NULL AND <key> BETWEEN :from AND :to;`,
  ].join("\n");
}
