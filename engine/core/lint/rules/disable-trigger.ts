import { asText } from "../../ast.js";
import { isOwnTable } from "../own-tables.js";
import type { Rule } from "../rule.js";
import { alterations, printId } from "../statement-facts.js";

const SWITCHES: Readonly<Record<string, string>> = {
  AT_DisableTrig: "trigger",
  AT_DisableTrigAll: "all triggers",
  AT_DisableTrigUser: "all triggers",
  AT_DisableRule: "rule",
  // Fires only where the session is a replica's: never for the application.
  AT_EnableReplicaTrig: "trigger",
  AT_EnableReplicaRule: "rule",
};

export const disableTrigger: Rule = {
  id: "disable-trigger",
  severity: "error",
  harm: "break",
  about: "switches a table's triggers off: what they check or keep in step goes wrong unseen",
  kinds: ["AlterTableStmt"],
  check: (statement) => {
    const { schema, fields } = statement;
    const id = schema.tableId(fields["relation"]);
    if (isOwnTable(statement, id)) return [];
    return alterations(statement).flatMap(({ subtype, name }) => {
      const what = SWITCHES[asText(subtype)];
      if (what === undefined) return [];
      const checks = subtype === "AT_DisableTrigAll" ? ", foreign keys included," : "";
      const switched = [what, asText(name)].filter((part) => part !== "").join(" ");
      return [
        {
          message: `switches ${switched} of ${printId(id)}${checks} off: rows written from then on are checked and followed up by nobody, and its writers wait`,
          fix: "Leave it on, and mend the rows so that it lets them pass.",
        },
      ];
    });
  },
};
