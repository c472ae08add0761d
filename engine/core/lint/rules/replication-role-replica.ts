import { asFields, asNodes, asText, type Fields } from "../../ast.js";
import { callsHere } from "../calls-here.js";
import { constantText } from "../constants.js";
import type { JudgedStatement, Rule } from "../rule.js";

const SETTING = "session_replication_role";

/** As a replica's session none of the ordinary triggers fires, those of foreign keys included (manual, "Client Connection Defaults"). */
export const replicationRoleReplica: Rule = {
  id: "replication-role-replica",
  severity: "error",
  harm: "break",
  about: "switches all foreign keys and triggers off for a session",
  kinds: ["VariableSetStmt", "AlterRoleSetStmt", "AlterDatabaseSetStmt", "SelectStmt"],
  check: (statement) => {
    if (!switchesOff(statement)) return [];
    const message = "makes the session a replica's: no foreign key is checked and no trigger fires for what it writes";
    return [{ message, fix: "Write rows that the foreign keys and triggers let pass, in the order they ask for." }];
  },
};

function switchesOff({ kind, fields }: JudgedStatement): boolean {
  if (kind !== "SelectStmt") return setsIt(kind === "VariableSetStmt" ? fields : asFields(fields["setstmt"]));
  return callsHere(fields).some(
    ({ name, args }) =>
      name === "set_config" && isReplica(constantText(args[0]), SETTING) && isReplica(constantText(args[1])),
  );
}

function setsIt(set: Fields): boolean {
  return isReplica(asText(set["name"]), SETTING) && isReplica(constantText(asNodes(set["args"])[0]));
}

function isReplica(text: string | undefined, wanted = "replica"): boolean {
  return text?.toLowerCase() === wanted;
}
