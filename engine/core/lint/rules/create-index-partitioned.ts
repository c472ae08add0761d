import { asFields } from "../../ast.js";
import { isOld } from "../held-locks.js";
import { indexBody, indexName } from "../index-text.js";
import type { JudgedStatement, Rule } from "../rule.js";
import { printId, sqlIdentifier, sqlName } from "../statement-facts.js";

/** The build locks every partition; CONCURRENTLY is refused on the parent (manual, CREATE INDEX). */
export const createIndexPartitioned: Rule = {
  id: "create-index-partitioned",
  severity: "error",
  harm: "stall",
  about: "builds an index on every partition while writes wait",
  kinds: ["IndexStmt"],
  check: (statement) => {
    const { schema, fields, file } = statement;
    const id = schema.tableId(fields["relation"]);
    if (schema.tables.get(id)?.kind !== "partitioned table" || !isOld(id, schema, file.order)) return [];
    const fix = safeForm(statement, id);
    if (fields["concurrent"] === true) {
      const message = `fails: ${printId(id)} is partitioned, and PostgreSQL builds no index of such a table CONCURRENTLY`;
      return [{ message, ...fix }];
    }
    // ON ONLY makes the parent's entry alone, which is not valid until each partition's index is attached.
    if (asFields(fields["relation"])["inh"] !== true) return [];
    return [{ message: `builds an index on every partition of ${printId(id)} while their writes wait`, ...fix }];
  },
};

function safeForm({ schema, fields, text, inside }: JudgedStatement, id: string): { fix?: string } {
  const body = indexBody(text);
  if (inside !== undefined || body === undefined) return {};
  const [name, unique] = [sqlIdentifier(indexName(fields)), fields["unique"] === true ? "UNIQUE " : ""];
  const partitions = schema.partitionsOf(id).map((partition) => ({
    table: sqlName(partition.id),
    index: sqlIdentifier(indexName({ ...fields, idxname: "" }, partition.id.slice(partition.id.indexOf(".") + 1))),
  }));
  const lines = [
    "-- expand:",
    `CREATE ${unique}INDEX ${name} ON ONLY ${sqlName(id)} ${body};`,
    "-- expand, a file of its own, and so for every partition:",
    ...partitions.map(({ table, index }) => `CREATE ${unique}INDEX CONCURRENTLY ${index} ON ${table} ${body};`),
    "-- expand, a file of its own:",
    ...partitions.map(({ index }) => `ALTER INDEX ${name} ATTACH PARTITION ${index};`),
  ];
  return { fix: lines.join("\n") };
}
