import { asFields, asNodes } from "../../ast.js";
import { roleName } from "../role-name.js";
import type { Rule } from "../rule.js";
import { sqlIdentifier } from "../statement-facts.js";

export const dropOwned: Rule = {
  id: "drop-owned",
  severity: "error",
  harm: "loss",
  about: "drops everything a role owns, and all its rights",
  kinds: ["DropOwnedStmt"],
  isContractsWork: true,
  check: ({ fields }) => {
    const roles = asNodes(fields["roles"]).map((node) => roleName(asFields(node["RoleSpec"])));
    const names = roles.map(sqlIdentifier).join(", ");
    return [
      {
        message: `drops everything ${roles.join(", ")} owns: its tables are gone with their rows, and so are its rights`,
        fix: `REASSIGN OWNED BY ${names} TO CURRENT_USER;\n-- then drop by name, in a contract, what nobody uses`,
      },
    ];
  },
};
