import { asText, isOptionOn } from "../../ast.js";
import { isOld } from "../held-locks.js";
import type { JudgedStatement, Rule } from "../rule.js";
import { rangeParts } from "../schema/schema.js";
import { printId, sqlName } from "../statement-facts.js";

/** Writes wait for a SHARE lock, and every query that would open the index waits for its ACCESS EXCLUSIVE one. */
export const reindexBlocking: Rule = {
  id: "reindex-blocking",
  severity: "error",
  harm: "stall",
  about: "builds indexes anew while reads and writes wait",
  kinds: ["ReindexStmt"],
  check: (statement) => {
    const { fields } = statement;
    if (isOptionOn(fields["params"], "concurrently")) return [];
    if (fields["relation"] === undefined) {
      const what = asText(fields["kind"]).replace("REINDEX_OBJECT_", "").toLowerCase();
      return [{ message: `builds every index of the ${what} anew, while reads and writes wait table by table` }];
    }
    return oneRelation(statement, fields["kind"] === "REINDEX_OBJECT_INDEX");
  },
};

function oneRelation({ fields, schema, file }: JudgedStatement, isIndex: boolean) {
  const index = isIndex ? schema.index(fields["relation"]) : undefined;
  const table = isIndex ? index?.table : schema.tableId(fields["relation"]);
  if (table !== undefined && !isOld(table, schema, file.order)) return [];
  const id = isIndex ? (index?.id ?? schema.newId(rangeParts(fields["relation"]))) : (table ?? "");
  const whose = table === undefined ? "its table" : printId(table);
  const kind = isIndex ? "INDEX" : "TABLE";
  return [
    {
      message: `builds ${isIndex ? `index ${printId(id)}` : "all indexes"} of ${whose} anew while its reads and writes wait`,
      fix: `-- in a file of its own:\nREINDEX ${kind} CONCURRENTLY ${sqlName(id)};`,
    },
  ];
}
