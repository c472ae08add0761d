import { isOwnTable } from "../own-tables.js";
import type { Rule } from "../rule.js";
import { alterations, printId, sqlName } from "../statement-facts.js";

/** Both ways write the table anew (manual, ALTER TABLE, `SET { LOGGED | UNLOGGED }`). */
export const setUnlogged: Rule = {
  id: "set-unlogged",
  severity: "error",
  harm: "loss",
  about: "takes a table out of the log, or writes it back whole",
  kinds: ["AlterTableStmt"],
  check: (statement) => {
    const { schema, fields } = statement;
    const id = schema.tableId(fields["relation"]);
    if (isOwnTable(statement, id)) return [];
    return alterations(statement).flatMap(({ subtype }) => {
      if (subtype === "AT_SetUnLogged") {
        const message = `takes ${printId(id)} out of the log: after a crash it is empty, no replica and no backup has it, and reads and writes wait while it is written anew`;
        return [{ message, fix: safeForm(sqlName(id), "UNLOGGED ") }];
      }
      if (subtype !== "AT_SetLogged") return [];
      const message = `writes ${printId(id)} anew and into the log while nobody reads or writes`;
      return [{ message, fix: safeForm(sqlName(id), "") }];
    });
  },
};

function safeForm(table: string, unlogged: string): string {
  return `-- expand: a table beside it, filled in batches; the next release uses that one\nCREATE ${unlogged}TABLE ${table}_new (LIKE ${table} INCLUDING ALL);`;
}
