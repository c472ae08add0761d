import type { JudgedStatement } from "./rule.js";
import type { Table } from "./schema/objects.js";
import { isOwnTable } from "./own-tables.js";
import { printId, sqlName } from "./statement-facts.js";

/** A table whose rows a release may be reading and writing while the statement runs. */
export interface LiveTable {
  readonly id: string;
  /** As a person names it. */
  readonly name: string;
  readonly sql: string;
  /** Unset where no file shows it: with IF NOT EXISTS in this very file it may be an old one of another shape. */
  readonly table?: Table;
}

/** The table of an ALTER TABLE; undefined where nobody uses it yet, or where it keeps no rows itself (view, foreign table). */
export function alteredLiveTable(statement: JudgedStatement): LiveTable | undefined {
  const { fields, schema } = statement;
  if (fields["objtype"] !== "OBJECT_TABLE") return undefined;
  return liveTable(statement, schema.tableId(fields["relation"]));
}

export function liveTable(statement: JudgedStatement, id: string): LiveTable | undefined {
  const { schema } = statement;
  const table = schema.tables.get(id);
  if (table?.kind === "view" || table?.kind === "foreign table" || isOwnTable(statement, id)) return undefined;
  const isShown = table !== undefined && (table.maker.isCertain || table.maker.file !== statement.file.order);
  return { id, name: printId(id), sql: sqlName(id), ...(isShown && { table }) };
}
