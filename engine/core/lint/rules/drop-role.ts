import { asFields, asNodes } from "../../ast.js";
import { roleName } from "../role-name.js";
import type { Rule } from "../rule.js";
import { sqlIdentifier } from "../statement-facts.js";

export const dropRole: Rule = {
  id: "drop-role",
  severity: "error",
  harm: "break",
  about: "drops a role that somebody logs in with",
  kinds: ["DropRoleStmt"],
  isContractsWork: true,
  check: ({ fields }) => {
    const names = asNodes(fields["roles"]).map((node) => roleName(asFields(node["RoleSpec"])));
    const message = `drops role ${names.join(", ")}: who logs in with it, or has its rights by membership, is shut out`;
    return [
      {
        message,
        fix: `-- first, and look whether anybody complains:\n${names.map((name) => `ALTER ROLE ${sqlIdentifier(name)} NOLOGIN;`).join("\n")}`,
      },
    ];
  },
};
