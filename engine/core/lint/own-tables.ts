import { isScratch } from "../scratch-schema.js";
import type { JudgedStatement } from "./rule.js";
import { isNewHere } from "./statement-facts.js";

const WITHOUT_ROWS_OF_THEIR_OWN: ReadonlySet<string> = new Set(["view", "foreign table"]);

/**
 * Whether nobody but the file itself has rows behind that table: it made the table and every partition of it, or the table is
 * scratch. A new view shows old rows; a new parent may have old partitions.
 */
export function isOwnTable(statement: JudgedStatement, id: string): boolean {
  const { schema } = statement;
  if (isScratch(id.slice(0, id.indexOf(".")))) return true;
  const table = schema.tables.get(id);
  if (table === undefined || WITHOUT_ROWS_OF_THEIR_OWN.has(table.kind) || !isNewHere(statement, table)) return false;
  // What may have been there is not destroyed on a guess.
  if (!table.maker.isCertain) return false;
  if (table.isTemporary && mayHaveGone(statement)) return false;
  return schema.partitionsOf(id).every((partition) => isOwnTable(statement, partition.id));
}

/** A temporary table that a loop drops twice, or that a run resumed in another session lacks: its name means the real one then. */
function mayHaveGone({ kind, inside, file, transaction }: JudgedStatement): boolean {
  const isRepeatable = inside !== undefined && kind === "DropStmt";
  return isRepeatable || (file.manner === "holdfast" && !transaction.isBlock);
}
