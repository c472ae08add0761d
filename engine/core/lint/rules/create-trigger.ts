import { asText } from "../../ast.js";
import { isOld } from "../held-locks.js";
import type { Rule } from "../rule.js";
import { printId } from "../statement-facts.js";

/** Our runner sets lock_timeout for every attempt, and tries again. */
export const createTrigger: Rule = {
  id: "create-trigger",
  severity: "info",
  harm: "stall",
  about: "puts a trigger on a table in use: its writes wait for a moment, and each pays for it afterwards",
  kinds: ["CreateTrigStmt"],
  isRunnersWork: true,
  check: ({ fields, schema, file }) => {
    const id = schema.tableId(fields["relation"]);
    if (!isOld(id, schema, file.order)) return [];
    const message = `puts trigger ${asText(fields["trigname"])} on ${printId(id)}: its writes wait behind it, and each of them runs it from now on`;
    return [{ message, fix: "SET lock_timeout = '2s';\n-- and the statement again where it fails with 55P03" }];
  },
};
