import { asText } from "../../ast.js";
import { quoteIdentifier } from "../../quote-identifier.js";
import { alterations, isNewHere, printId, sqlName } from "../statement-facts.js";
import type { Rule } from "../rule.js";

/** PostgreSQL 12 and later skip the scan where a valid CHECK proves it (manual, ALTER TABLE, SET NOT NULL). */
export const setNotNull: Rule = {
  id: "set-not-null",
  severity: "error",
  harm: "stall",
  about: "scans the whole table while nobody reads or writes",
  kinds: ["AlterTableStmt"],
  check: (statement) => {
    const { schema, fields } = statement;
    const table = schema.table(fields["relation"]);
    if (isNewHere(statement, table)) return [];
    const id = schema.tableId(fields["relation"]);
    return alterations(statement)
      .filter(({ subtype }) => subtype === "AT_SetNotNull")
      .flatMap((command) => {
        const column = asText(command["name"]);
        const isProven = [...(table?.constraints.values() ?? [])].some(
          ({ isValid, proves }) => isValid && proves.includes(column),
        );
        if (isProven || table?.columns.get(column)?.isNotNull === true) return [];
        const message = `makes ${printId(id)}.${column} NOT NULL: every row is read while nobody reads or writes`;
        return [{ message, fix: safeForm(sqlName(id), column) }];
      });
  },
};

function safeForm(table: string, column: string): string {
  const [constraint, quoted] = [quoteIdentifier(`${column}_not_null`), quoteIdentifier(column)];
  return [
    "-- expand:",
    `ALTER TABLE ${table} ADD CONSTRAINT ${constraint} CHECK (${quoted} IS NOT NULL) NOT VALID;`,
    "-- switch, a file of its own:",
    `ALTER TABLE ${table} VALIDATE CONSTRAINT ${constraint};`,
    "-- switch, a file of its own:",
    `ALTER TABLE ${table} ALTER COLUMN ${quoted} SET NOT NULL;`,
  ].join("\n");
}
