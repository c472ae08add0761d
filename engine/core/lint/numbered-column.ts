import type { LiveTable } from "./live-table.js";
import { backfill, notNull, sqlLines } from "./safe-forms.js";
import { sqlName, sqlIdentifier } from "./statement-facts.js";

const SQL_NAMES: Readonly<Record<string, string>> = { int2: "smallint", int4: "integer", int8: "bigint" };

/** A column that counts, added without writing the table anew: the sequence numbers new rows at once, old ones in batches. */
export function numberedColumn(live: LiveTable, column: string, integer: string, server: number): string {
  const [name, type] = [sqlIdentifier(column), SQL_NAMES[integer] ?? integer];
  const sequence = sqlName(`${live.id}_${column}_seq`);
  const next = `nextval('${sequence}')`;
  return sqlLines(
    "-- expand:",
    `ALTER TABLE ${live.sql} ADD COLUMN ${name} ${type};`,
    `CREATE SEQUENCE ${sequence} AS ${type} OWNED BY ${live.sql}.${name};`,
    `ALTER TABLE ${live.sql} ALTER COLUMN ${name} SET DEFAULT ${next};`,
    backfill(live, column, next),
    notNull(live, column, server),
  );
}
