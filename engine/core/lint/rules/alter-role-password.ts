import { asFields, asNodes, asText, type Fields } from "../../ast.js";
import type { Rule } from "../rule.js";

/** A message holds no secret: the password itself is never named. */
export const alterRolePassword: Rule = {
  id: "alter-role-password",
  severity: "error",
  harm: "practice",
  about: "writes a password into a file that everybody reads",
  kinds: ["AlterRoleStmt", "AlterUserMappingStmt", "CreateRoleStmt", "CreateSubscriptionStmt", "CreateUserMappingStmt"],
  check: ({ fields }) => {
    if (!holdsPassword(fields)) return [];
    const message = "writes a password into the file: everybody who reads the repository, and the history, knows it";
    const fix =
      "Make it without one, and set it where secrets are kept (AWS Secrets Manager). Change a password that was committed.";
    return [{ message, fix }];
  },
};

function holdsPassword(fields: Fields): boolean {
  if (/\bpassword\s*=/i.test(asText(fields["conninfo"]))) return true;
  return asNodes(fields["options"]).some((node) => {
    const { defname, arg } = asFields(node["DefElem"]);
    return defname === "password" && asText(asFields(asFields(arg)["String"])["sval"]) !== "";
  });
}
