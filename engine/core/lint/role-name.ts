import { asText, type Fields } from "../ast.js";

const KEYWORDS: Readonly<Record<string, string>> = {
  ROLESPEC_CURRENT_ROLE: "CURRENT_ROLE",
  ROLESPEC_CURRENT_USER: "CURRENT_USER",
  ROLESPEC_SESSION_USER: "SESSION_USER",
  ROLESPEC_PUBLIC: "PUBLIC",
};

/** A `RoleSpec`'s fields as a person writes the role. */
export function roleName(fields: Fields): string {
  return KEYWORDS[asText(fields["roletype"])] ?? asText(fields["rolename"]);
}
