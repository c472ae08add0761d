import { asFields, asNodes, asText, option, type Fields } from "../../ast.js";
import type { JudgedStatement, Rule } from "../rule.js";

/** Amazon RDS user guide: no superuser, no file system; settings stand in the parameter group. */
export const alterSystem: Rule = {
  id: "alter-system",
  severity: "warning",
  harm: "failure",
  about: "needs a superuser, or the server's own files",
  kinds: [
    "AlterRoleStmt",
    "AlterSystemStmt",
    "CopyStmt",
    "CreateFunctionStmt",
    "CreateRoleStmt",
    "CreateTableSpaceStmt",
    "LoadStmt",
  ],
  check: (statement) => {
    const need = needOf(statement);
    if (need === undefined) return [];
    const [what, fix] = need;
    return [{ message: `${what}, which a managed server such as RDS allows nobody`, fix }];
  },
};

const MANAGED = "Set it where the server is managed: in the parameter group of the Pulumi program.";

function needOf({ kind, fields }: JudgedStatement): readonly [what: string, fix: string] | undefined {
  switch (kind) {
    case "AlterSystemStmt":
      return ["changes the server's configuration", MANAGED];
    case "CreateTableSpaceStmt":
      return [
        "makes a tablespace in the server's file system",
        "Leave it out: a managed server has one place for its data.",
      ];
    case "LoadStmt":
      return ["loads a library from the server's file system", "Use CREATE EXTENSION."];
    case "CopyStmt":
      return fields["filename"] === undefined
        ? undefined
        : [
            "reads or writes a file, or runs a program, on the server",
            "Let the client send the rows: INSERT, or psql's \\copy outside the migrations.",
          ];
    case "CreateFunctionStmt":
      return isNative(fields)
        ? ["makes a function in a language that only a superuser may use", "Write it in sql or plpgsql."]
        : undefined;
    default:
      return superuserNeed(fields);
  }
}

function isNative(fields: Fields): boolean {
  const language = asText(asFields(asFields(option(fields["options"], "language")?.["arg"])["String"])["sval"]);
  return /^(c|internal|pl\w+u|plpython3u)$/i.test(language);
}

function superuserNeed(fields: Fields): readonly [string, string] | undefined {
  const given = asNodes(fields["options"])
    .map((node) => asFields(node["DefElem"]))
    .find(
      ({ defname, arg }) =>
        /^(superuser|isreplication|bypassrls)$/.test(asText(defname)) &&
        asFields(asFields(arg)["Boolean"])["boolval"] === true,
    );
  if (given === undefined) return undefined;
  const word = asText(given["defname"]).replace("isreplication", "replication").toUpperCase();
  return [`makes a role ${word}`, `Leave ${word} out.`];
}
