import { asFields, asText } from "../ast.js";
import { concurrentIndex, indexName } from "../lint/index-text.js";
import { sqlName } from "../lint/statement-facts.js";
import { quoteLiteral } from "../quote-identifier.js";
import type { Fixer } from "./fix-step.js";

/** CREATE INDEX: CONCURRENTLY, in a file of its own. */
export const fixIndex: Fixer = ({ fields, text, schema }) => {
  const table = schema.tableId(fields["relation"]);
  const name = indexName(fields);
  const id = sqlName(`${table.slice(0, table.indexOf("."))}.${name}`);
  return {
    later: [
      {
        phase: "expand",
        why: "built beside the traffic: CONCURRENTLY cannot run inside a transaction",
        description: `index ${name}`,
        body: `${concurrentIndex(text, fields)};`,
        verify: `SELECT indisvalid FROM pg_index WHERE indexrelid = ${quoteLiteral(id)}::regclass;`,
        rollback: `DROP INDEX CONCURRENTLY ${id};`,
      },
    ],
  };
};

const REINDEX = /^(reindex\s+(?:\([^)]*\)\s+)?(?:index|table)\s+)/i;

/** REINDEX of one index or table: CONCURRENTLY, in a file of its own. */
export const fixReindex: Fixer = ({ text, fields }) => {
  if (!REINDEX.test(text)) return "it rebuilds more than one table";
  return {
    later: [
      {
        phase: "expand",
        why: "rebuilt beside the traffic",
        description: `reindex ${asText(asFields(fields["relation"])["relname"])}`,
        body: `${text.replace(REINDEX, "$1CONCURRENTLY ")};`,
      },
    ],
  };
};
