import { asFields, asNodes, asText, type Fields } from "../ast.js";
import { sqlIdentifier } from "./statement-facts.js";

const GAP = String.raw`(?:\s|/\*.*?\*/|--[^\n]*\n)+`;
const HEAD = new RegExp(`^(create${GAP}(?:unique${GAP})?index)(${GAP}(?=on\\b))?`, "is");
const TABLE = new RegExp(
  String.raw`\bon${GAP}(?:only${GAP})?(?:"[^"]*"|\w+)(?:\s*\.\s*(?:"[^"]*"|\w+))?\s*((?:using\b|\().*)$`,
  "is",
);

/** A CREATE INDEX with CONCURRENTLY, and with the name PostgreSQL would give it where it has none. */
export function concurrentIndex(text: string, fields: Fields): string {
  return text.replace(HEAD, (_, head: string, gap: string | undefined) =>
    gap === undefined ? `${head} CONCURRENTLY` : `${head} CONCURRENTLY ${sqlIdentifier(indexName(fields))} `,
  );
}

/** Its name, or the one PostgreSQL would give it (source: ChooseIndexName), not counting names that are taken. */
export function indexName(fields: Fields, table = asText(asFields(fields["relation"])["relname"])): string {
  const columns = asNodes(fields["indexParams"]).map((node) => asText(asFields(node["IndexElem"])["name"]) || "expr");
  return asText(fields["idxname"]) || [table, ...columns, "idx"].join("_");
}

/** What stands behind the table's name: method, columns, WHERE. */
export function indexBody(text: string): string | undefined {
  return TABLE.exec(text)?.[1];
}
