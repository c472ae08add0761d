import { asFields, asNodes, asText } from "../../ast.js";
import { isOwnTable } from "../own-tables.js";
import { rowsReached, sourcesOf } from "../row-condition.js";
import type { JudgedStatement, Rule } from "../rule.js";
import { isNewHere, printId } from "../statement-facts.js";
import { updatedColumns } from "../updated-columns.js";

export const updateAll: Rule = {
  id: "update-all",
  severity: "error",
  harm: "loss",
  about: "overwrites a value in every row of a table",
  kinds: ["UpdateStmt"],
  isContractsWork: true,
  check: (statement) => {
    const { fields, schema } = statement;
    const id = schema.tableId(fields["relation"]);
    if (isOwnTable(statement, id)) return [];
    const others = sourcesOf(fields["fromClause"]);
    const reach = rowsReached(fields["whereClause"], { schema, relation: fields["relation"], others });
    if (reach === "some" || reach === "none") return [];
    const columns = updatedColumns(fields["targetList"]);
    return [{ message: messageFor(statement, id, columns), fix: safeForm(statement, columns) }];
  },
};

function messageFor(statement: JudgedStatement, id: string, columns: readonly string[]): string {
  const known = statement.schema.tables.get(id)?.columns;
  const isFill = columns.every((column) => isNewHere(statement, known?.get(column)));
  const where = `${columns.join(", ")} in every row of ${printId(id)}`;
  return isFill
    ? `fills ${where} at once: all their writers wait until it ends`
    : `overwrites ${where}: the old values are gone, and all writers of the table wait`;
}

/** The same assignment over a range of keys, where the statement's text holds it. */
function safeForm({ schema, fields, text, inside }: JudgedStatement, columns: readonly string[]): string {
  const table = schema.table(fields["relation"]);
  const key = [...(table?.constraints.values() ?? [])].find(({ kind }) => kind === "primary key")?.columns[0] ?? "id";
  const name = asText(asFields(fields["relation"])["relname"]);
  const isBare =
    fields["whereClause"] === undefined && asNodes(fields["fromClause"]).length === 0 && inside === undefined;
  const assignment =
    isBare && /^update\b/i.test(text)
      ? text.replace(/\s+returning\s.*$/is, "")
      : `UPDATE ${name} SET ${columns.join(", ")} …`;
  return [
    `-- @phase backfill`,
    `-- @batch table=${name} key=${key}`,
    `${assignment} WHERE ${key} BETWEEN :from AND :to;`,
  ].join("\n");
}
