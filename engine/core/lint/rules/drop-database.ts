import { asText } from "../../ast.js";
import type { Rule } from "../rule.js";

export const dropDatabase: Rule = {
  id: "drop-database",
  severity: "error",
  harm: "loss",
  about: "drops a whole database",
  kinds: ["DropdbStmt"],
  isContractsWork: true,
  check: ({ fields }) => [
    { message: `drops database ${asText(fields["dbname"])}: everything in it is gone, and nothing can undo it` },
  ],
};
