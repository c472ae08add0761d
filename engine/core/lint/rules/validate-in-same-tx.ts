import { asText } from "../../ast.js";
import { heldLocks } from "../held-locks.js";
import { lockedSoFar, whoWaits } from "../locked-so-far.js";
import type { Rule } from "../rule.js";
import { alterations, printId, sqlIdentifier, sqlName } from "../statement-facts.js";

/** VALIDATE alone lets reads and writes pass; the lock of what stands before it does not. */
export const validateInSameTx: Rule = {
  id: "validate-in-same-tx",
  severity: "error",
  harm: "stall",
  about: "validates a constraint while the transaction keeps its table locked",
  kinds: ["AlterTableStmt"],
  check: (statement) => {
    const { node, schema, fields, file, transaction } = statement;
    const commands = alterations(statement).filter(({ subtype }) => subtype === "AT_ValidateConstraint");
    if (commands.length === 0) return [];
    const id = schema.tableId(fields["relation"]);
    const own = heldLocks(node, schema, file.order).find(({ table }) => table === id);
    const lock = own ?? (transaction.isBlock ? lockedSoFar(transaction).get(id) : undefined);
    if (lock === undefined) return [];
    return commands.map((command) => {
      const name = asText(command["name"]);
      const message = `validates ${printId(id)}.${name} in the transaction that locked the table: ${whoWaits([lock])} wait while every row is read`;
      const alone = `ALTER TABLE ${sqlName(id)} VALIDATE CONSTRAINT ${sqlIdentifier(name)};`;
      return { message, fix: `-- in a file, and so in a transaction, of its own:\n${alone}` };
    });
  },
};
