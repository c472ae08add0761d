import { asFields, asNodes, lastName, option } from "../../ast.js";
import type { Rule } from "../rule.js";

/** Manual, CREATE FUNCTION, "Writing SECURITY DEFINER Functions Safely". */
export const securityDefinerSearchPath: Rule = {
  id: "security-definer-search-path",
  severity: "warning",
  harm: "practice",
  about: "makes a function that runs as its owner, with its caller's search_path",
  kinds: ["CreateFunctionStmt", "AlterFunctionStmt"],
  check: ({ fields, kind }) => {
    const isNew = kind === "CreateFunctionStmt";
    const options = isNew ? fields["options"] : fields["actions"];
    const security = asFields(asFields(option(options, "security")?.["arg"])["Boolean"])["boolval"];
    if (security !== true || setsSearchPath(options)) return [];
    const name = lastName(isNew ? fields["funcname"] : asFields(fields["func"])["objname"]);
    const message = `lets ${name} run as its owner with the caller's search_path: whoever calls it can plant objects that it then uses`;
    return [{ message, fix: "-- in the definition:\nSECURITY DEFINER SET search_path = pg_catalog, pg_temp" }];
  },
};

function setsSearchPath(options: unknown): boolean {
  return asNodes(options).some((node) => {
    const { defname, arg } = asFields(node["DefElem"]);
    return defname === "set" && asFields(asFields(arg)["VariableSetStmt"])["name"] === "search_path";
  });
}
