import { asFields, asNodes, asText, asTexts, fieldsOf, kindOf } from "../../ast.js";
import { newForeignKeys, newParts, type NewForeignKey } from "../foreign-keys.js";
import type { JudgedStatement, Rule } from "../rule.js";
import { columnConstraints } from "../schema/read-column.js";
import { printId, sqlIdentifier, sqlName } from "../statement-facts.js";

export const fkWithoutIndex: Rule = {
  id: "fk-without-index",
  severity: "warning",
  harm: "stall",
  about: "adds a foreign key whose columns no index leads with",
  kinds: ["AlterTableStmt", "CreateStmt"],
  check: (statement) => {
    const { node, schema, fields } = statement;
    const id = schema.tableId(fields["relation"]);
    return newForeignKeys(node)
      .filter((key) => !isIndexed(key, id, statement))
      .map(({ columns, references }) => {
        const names = columns.map(sqlIdentifier);
        const parent = printId(schema.tableId(references));
        return {
          message: `adds a foreign key on ${printId(id)} (${columns.join(", ")}) without an index: each DELETE of a row of ${parent} reads the whole of ${printId(id)}`,
          fix: `CREATE INDEX CONCURRENTLY ON ${sqlName(id)} (${names.join(", ")});`,
        };
      });
  },
};

/** By an index or a key that was there, that the statement makes, or that a later one of the file makes. */
function isIndexed(
  { columns }: NewForeignKey,
  id: string,
  { node, schema, statements, index }: JudgedStatement,
): boolean {
  const there = [
    ...schema.indexesOf(id).map((one) => one.columns),
    ...[...(schema.tables.get(id)?.constraints.values() ?? [])]
      .filter(({ kind }) => kind === "primary key" || kind === "unique")
      .map((one) => one.columns),
  ];
  const made = [node, ...statements.slice(index + 1)].flatMap((one) => madeKeys(one, id, schema));
  return [...there, ...made].some((keys) => leads(keys, columns));
}

function madeKeys(node: JudgedStatement["node"], id: string, schema: JudgedStatement["schema"]): (string | null)[][] {
  const fields = fieldsOf(node);
  const kind = kindOf(node);
  if (!["IndexStmt", "AlterTableStmt", "CreateStmt"].includes(kind)) return [];
  if (schema.tableId(fields["relation"]) !== id) return [];
  if (kind === "IndexStmt") {
    return [asNodes(fields["indexParams"]).map((part) => asText(asFields(part["IndexElem"])["name"]) || null)];
  }
  const { columns, constraints } = newParts(node);
  const inline = columns.filter((column) => columnConstraints(column).some(({ contype }) => isKey(contype)));
  return [
    ...inline.map((column) => [asText(column["colname"])]),
    ...constraints.filter(({ contype }) => isKey(contype)).map((constraint) => asTexts(constraint["keys"])),
  ];
}

function isKey(contype: unknown): boolean {
  return contype === "CONSTR_PRIMARY" || contype === "CONSTR_UNIQUE";
}

/** The first columns of the index are those of the key, in any order. */
function leads(keys: readonly (string | null)[], columns: readonly string[]): boolean {
  const first = new Set(keys.slice(0, columns.length));
  return columns.every((column) => first.has(column));
}
