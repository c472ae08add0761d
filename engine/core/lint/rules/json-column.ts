import { asFields, asText } from "../../ast.js";
import { addedColumns } from "../added-columns.js";
import { isOwnTable } from "../own-tables.js";
import type { Rule } from "../rule.js";
import { readTypeName } from "../schema/type-names.js";
import { alterations, printId, sqlIdentifier, sqlName } from "../statement-facts.js";

/** json has no operator `=`: SELECT DISTINCT, UNION and GROUP BY over all columns fail from then on (manual, "JSON Types"). */
export const jsonColumn: Rule = {
  id: "json-column",
  severity: "warning",
  harm: "break",
  about: "adds a json column: SELECT DISTINCT over the table fails",
  kinds: ["AlterTableStmt"],
  check: (statement) => {
    const { schema, fields } = statement;
    const id = schema.tableId(fields["relation"]);
    if (isOwnTable(statement, id)) return [];
    const added = addedColumns(statement).filter(({ type }) => type.name === "json" && !type.isArray);
    const changed = alterations(statement).filter(({ subtype, def }) => {
      const type = readTypeName(asFields(asFields(def)["ColumnDef"])["typeName"]);
      return subtype === "AT_AlterColumnType" && type.name === "json";
    });
    return [
      ...added.map(({ name }) => ({
        name,
        fix: `ALTER TABLE ${sqlName(id)} ADD COLUMN ${sqlIdentifier(name)} jsonb;`,
      })),
      ...changed.map(({ name }) => ({ name: asText(name), fix: "Take jsonb: it can be compared." })),
    ].map(({ name, fix }) => ({
      message: `makes ${printId(id)}.${name} json, which cannot be compared: SELECT DISTINCT, UNION and GROUP BY of all columns fail`,
      fix,
    }));
  },
};
