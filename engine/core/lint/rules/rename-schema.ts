import { asText } from "../../ast.js";
import type { Rule } from "../rule.js";
import { isNewHere, sqlIdentifier } from "../statement-facts.js";

export const renameSchema: Rule = {
  id: "rename-schema",
  severity: "error",
  harm: "break",
  about: "renames a schema that the running release looks into",
  kinds: ["RenameStmt"],
  isContractsWork: true,
  check: (statement) => {
    const { fields, schema } = statement;
    if (fields["renameType"] !== "OBJECT_SCHEMA") return [];
    const [from, to] = [asText(fields["subname"]), asText(fields["newname"])];
    const maker = schema.schemas.get(from);
    if (maker !== undefined && isNewHere(statement, { maker })) return [];
    const message = `renames schema ${from}: every statement of the release still running that names it, or finds its tables by search_path, fails at once`;
    return [
      {
        message,
        fix: `-- expand; then object by object, in releases of their own:\nCREATE SCHEMA ${sqlIdentifier(to)};`,
      },
    ];
  },
};
