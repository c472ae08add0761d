import { RETIRED_SCHEMA } from "../../core/engine-tables.js";
import type { Session } from "../../core/ports.js";
import { dottedName } from "../../core/quote-identifier.js";
import type { RowsFacts } from "../../core/retired-object.js";

/** The table that has a retired column, as SQL; undefined where none has it any more. */
export async function findRetiredColumn(session: Session, retired: string): Promise<string | undefined> {
  const [row] = await session.query(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_attribute a
     JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE a.attname = $1 AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND a.attinhcount = 0`,
    [retired],
  );
  return row?.["name"] ?? undefined;
}

/** Columns a copy of rows shares with its table; generated ones are computed again. */
export async function copiedColumns(session: Session, { schema, table }: RowsFacts, copy: string): Promise<string[]> {
  const rows = await session.query(
    `SELECT t.attname AS name FROM pg_attribute t JOIN pg_attribute c ON c.attname = t.attname
     WHERE t.attrelid = to_regclass($1) AND c.attrelid = to_regclass($2) AND t.attnum > 0 AND c.attnum > 0
       AND NOT t.attisdropped AND t.attgenerated = '' ORDER BY t.attnum`,
    [dottedName([schema, table]), dottedName([RETIRED_SCHEMA, copy])],
  );
  return rows.flatMap(({ name }) => name ?? []);
}
