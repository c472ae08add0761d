import type { JudgedStatement, Rule } from "../rule.js";

/** PostgreSQL answers with a warning, and does nothing. */
export const setLocalOutsideTx: Rule = {
  id: "set-local-outside-tx",
  severity: "warning",
  harm: "failure",
  about: "sets for a transaction what has none",
  kinds: ["ConstraintsSetStmt", "VariableSetStmt"],
  check: (statement) => {
    const what = whatIsLocal(statement);
    if (what === undefined || statement.transaction.isBlock || statement.around.length > 0) return [];
    const message = `has no effect: ${what} lasts until the transaction ends, and here each statement has its own`;
    const fix =
      what === "SET LOCAL"
        ? `${statement.text.replace(/\bset\s+local\b/i, "SET")};`
        : "Put it and what it is for into one transaction.";
    return [{ message, fix }];
  },
};

function whatIsLocal({ kind, fields }: JudgedStatement): string | undefined {
  if (kind === "ConstraintsSetStmt") return "SET CONSTRAINTS";
  if (fields["name"] === "TRANSACTION") return "SET TRANSACTION";
  return fields["is_local"] === true ? "SET LOCAL" : undefined;
}
