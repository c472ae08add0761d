import { callsHere } from "../calls-here.js";
import type { Rule } from "../rule.js";

const DESTROYERS: ReadonlySet<string> = new Set(["lo_unlink", "lo_truncate", "lo_truncate64", "lo_put", "lowrite"]);

export const unlinkLargeObject: Rule = {
  id: "unlink-large-object",
  severity: "error",
  harm: "loss",
  about: "deletes or overwrites large objects",
  kinds: ["SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt"],
  isContractsWork: true,
  check: ({ fields }) =>
    callsHere(fields)
      .filter(({ name }) => DESTROYERS.has(name))
      .map(({ name }) => ({ message: `calls ${name}(): what the large object held is gone` }))
      .slice(0, 1),
};
