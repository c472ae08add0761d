import { asFields, asNodes, asText, type Fields } from "../../ast.js";
import { isOwnTable } from "../own-tables.js";
import { rowsReached, sourcesOf } from "../row-condition.js";
import type { JudgedStatement, Rule } from "../rule.js";
import { printId } from "../statement-facts.js";

/** WHEN NOT MATCHED BY SOURCE is there from PostgreSQL 17 on: it reaches every row the source does not name. */
export const mergeDelete: Rule = {
  id: "merge-delete",
  severity: "error",
  harm: "loss",
  about: "deletes or overwrites rows by MERGE",
  kinds: ["MergeStmt"],
  isContractsWork: true,
  check: (statement) => {
    const { fields, schema } = statement;
    const id = schema.tableId(fields["relation"]);
    if (isOwnTable(statement, id)) return [];
    const harm = asNodes(fields["mergeWhenClauses"])
      .map((node) => harmOf(asFields(node["MergeWhenClause"]), statement))
      .find((one) => one !== undefined);
    return harm === undefined ? [] : [{ message: `${harm} ${printId(id)} by MERGE: the old values are gone` }];
  },
};

function harmOf(clause: Fields, statement: JudgedStatement): string | undefined {
  const isUnmatched = clause["matchKind"] === "MERGE_WHEN_NOT_MATCHED_BY_SOURCE";
  if (asText(clause["commandType"]) === "CMD_DELETE")
    return isUnmatched ? "deletes every row that the source does not name from" : "deletes rows of";
  if (asText(clause["commandType"]) !== "CMD_UPDATE") return undefined;
  const { schema, fields } = statement;
  const relation = fields["relation"];
  const isEvery = (condition: unknown, others: readonly Fields[]): boolean =>
    ["all", "either"].includes(rowsReached(condition, { schema, relation, others }));
  if (isUnmatched)
    return isEvery(clause["condition"], []) ? "overwrites every row that the source does not name in" : undefined;
  const others = sourcesOf([fields["sourceRelation"]]);
  const isWide = isEvery(fields["joinCondition"], others) && isEvery(clause["condition"], others);
  return clause["matchKind"] === "MERGE_WHEN_MATCHED" && isWide ? "overwrites every row of" : undefined;
}
