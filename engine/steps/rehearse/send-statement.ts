import type { PlacedStatement } from "../../core/analysed-migration.js";
import type { Migration } from "../../core/migration.js";
import { ServerError } from "../../core/ports.js";
import { extensionStatement } from "../../core/rehearsal/extension-statement.js";
import { CannotRehearse } from "../../core/rehearsal/obstacles.js";
import { isOfferedByRds } from "../../core/rehearsal/rds-extensions.js";
import { statementFailed } from "../../core/statement-failed.js";
import type { Rehearsal } from "./rehearsal.js";

/**
 * Runs one statement of a file in the session of the files. @returns the rows its command tag tells
 * @throws HoldfastError statement_failed; CannotRehearse
 */
export async function sendStatement(
  rehearsal: Rehearsal,
  migration: Migration,
  statement: PlacedStatement,
): Promise<number> {
  const sql = await sqlFor(rehearsal, statement);
  try {
    return await rehearsal.database.session.execute(sql);
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    throw statementFailed(migration, statement, error, sql === statement.text);
  }
}

/** The statement as it is sent: what RDS does for its users as the superuser, the rehearsal does, too. */
export async function sqlFor({ database, isThrowAway }: Rehearsal, { node, text }: PlacedStatement): Promise<string> {
  const extensions = isThrowAway ? extensionStatement(node) : undefined;
  if (extensions === undefined) return text;
  if (extensions.action === "create") {
    for (const name of extensions.names) {
      const found = await database.watch.query("SELECT FROM pg_available_extensions WHERE name = $1", [name]);
      if (found.length === 0) throw new CannotRehearse(`the embedded server has no extension ${name}`);
    }
  }
  return (extensions.names.every(isOfferedByRds) && database.asSuperuser(text)) || text;
}
