import { asFields, asNodes, asText } from "../../ast.js";
import type { Rule } from "../rule.js";

export const grantPublic: Rule = {
  id: "grant-public",
  severity: "warning",
  harm: "practice",
  about: "gives everybody a privilege, or somebody all of them",
  kinds: ["GrantStmt"],
  check: ({ fields }) => {
    if (fields["is_grant"] !== true) return [];
    const grantees = asNodes(fields["grantees"]).map((node) => asFields(node["RoleSpec"]));
    if (grantees.some(({ roletype }) => roletype === "ROLESPEC_PUBLIC")) {
      const message = "grants to PUBLIC: every role of the server has it, those made later as well";
      return [{ message, fix: "Name the role that needs it." }];
    }
    if (fields["privileges"] !== undefined) return [];
    const names = grantees.map(({ rolename }) => asText(rolename)).join(", ");
    const message = `grants ${names} all privileges, TRUNCATE and TRIGGER on tables among them`;
    return [{ message, severity: "info", fix: "Name what it needs: SELECT, INSERT, UPDATE, DELETE." }];
  },
};
