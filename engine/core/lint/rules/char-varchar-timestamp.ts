import { asText } from "../../ast.js";
import { newParts } from "../foreign-keys.js";
import type { Rule } from "../rule.js";
import type { TypeName } from "../schema/objects.js";
import { readTypeName } from "../schema/type-names.js";

export const charVarcharTimestamp: Rule = {
  id: "char-varchar-timestamp",
  severity: "info",
  harm: "practice",
  about: "makes a column of a type that is seldom what is meant",
  kinds: ["AlterTableStmt", "CreateStmt"],
  check: ({ node }) =>
    newParts(node).columns.flatMap((column) => {
      const advice = adviceFor(readTypeName(column["typeName"]));
      if (advice === undefined) return [];
      const [why, better] = advice;
      const name = asText(column["colname"]);
      return [{ message: `makes ${name} a ${why}`, fix: `${name} ${better}` }];
    }),
};

/** PostgreSQL wiki, "Don't Do This". */
function adviceFor({ name, modifiers }: TypeName): readonly [why: string, better: string] | undefined {
  const limit = String(modifiers[0] ?? "");
  switch (name) {
    case "bpchar":
      return [`char(${limit || "1"}): it is filled up with blanks, which comparisons then leave out`, "text"];
    case "varchar":
      return limit === "" ? undefined : [`varchar(${limit}): a narrower limit later rewrites the table`, "text"];
    case "timestamp":
      return ["timestamp without time zone: it says no moment, only what a clock showed somewhere", "timestamptz"];
    case "money":
      return ["money: what it means depends on the server's lc_monetary", "numeric(12, 2)"];
    default:
      return undefined;
  }
}
