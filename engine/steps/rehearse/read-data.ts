import { ENGINE_SCHEMA, RETIRED_SCHEMA } from "../../core/engine-tables.js";
import type { Row, Session } from "../../core/ports.js";
import { dottedName, quoteIdentifier, quoteLiteral } from "../../core/quote-identifier.js";
import type { ColumnPicture, DataPicture } from "../../core/rehearsal/compare-data.js";

/** A table whose rows are compared. */
export interface TableColumns {
  /** As a person reads it: `public.users`. */
  readonly name: string;
  /** As SQL, quoted. */
  readonly sql: string;
  /** By name, generated ones included. */
  readonly columns: readonly string[];
  readonly bytes: number;
}

/** What a comparison of all rows may cost: larger tables are left out of it. */
export const LARGEST_COMPARED_BYTES = 1024 ** 3;
/** Tables in one query. */
const TOGETHER = 50;

/** Every table of the application, and its settings; not the engine's history. */
export async function listTables(session: Session): Promise<TableColumns[]> {
  const rows = await session.query(TABLES);
  return rows.map((row) => ({
    name: row["name"] ?? "",
    sql: dottedName([row["schema"] ?? "", row["table"] ?? ""]),
    columns: JSON.parse(row["columns"] ?? "[]") as string[],
    bytes: Number(row["bytes"]),
  }));
}

const TABLES = `
SELECT n.nspname AS schema, c.relname AS table, format('%I.%I', n.nspname, c.relname) AS name,
  pg_catalog.pg_table_size(c.oid)::text AS bytes,
  (SELECT jsonb_agg(a.attname ORDER BY a.attname)::text FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_(toast|temp)'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', '${ENGINE_SCHEMA}', '${RETIRED_SCHEMA}')
  AND c.relname NOT IN ('schema_migrations', 'system_versions')
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
    WHERE e.deptype = 'e' AND e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND e.objid = c.oid)
ORDER BY name`;

/**
 * Digests of all rows, made by the server: no value leaves it. The sum of the rows' hashes does not depend on their order, and
 * the text of a value is the same in every session of the engine.
 */
export async function readData(session: Session, tables: readonly TableColumns[]): Promise<DataPicture> {
  const compared = tables.filter(({ bytes }) => bytes <= LARGEST_COMPARED_BYTES);
  const rows: Row[] = [];
  for (let at = 0; at < compared.length; at += TOGETHER) {
    const parts = compared.slice(at, at + TOGETHER).map(digestOf);
    rows.push(...(await session.query(parts.join("\nUNION ALL\n"))));
  }
  const columns = new Map(compared.map((table) => [table.name, table.columns]));
  return new Map(
    rows.map((row) => {
      const name = row["name"] ?? "";
      const found = JSON.parse(row["columns"] ?? "[]") as string[];
      const pictures = (columns.get(name) ?? []).map((column, index): [string, ColumnPicture] => [
        column,
        { values: Number(found[2 * index]), digest: found[2 * index + 1] ?? "" },
      ]);
      return [name, { rows: Number(row["rows"]), digest: row["digest"] ?? "", columns: new Map(pictures) }];
    }),
  );
}

function digestOf({ name, sql, columns }: TableColumns): string {
  const values = columns.map((column) => `t.${quoteIdentifier(column)}`);
  const hash = (text: string): string => `coalesce(sum(pg_catalog.hashtextextended(${text}, 0)::numeric), 0)::text`;
  const each = values.flatMap((value) => [`count(${value})::text`, hash(`${value}::text`)]);
  return `SELECT ${quoteLiteral(name)} AS name, count(*)::text AS rows, ${hash(`ROW(${values.join(", ")})::text`)} AS digest,
    pg_catalog.to_json(ARRAY[${each.join(", ")}]::text[])::text AS columns FROM ONLY ${sql} AS t`;
}
