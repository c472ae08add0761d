import type { Session } from "../../core/ports.js";
import type { SeedColumn } from "../../core/rehearsal/seed-values.js";

/** A table that is to be filled, without the columns that the server fills by itself. */
export interface SeedTable {
  /** `public.users`; it is SQL. */
  readonly name: string;
  readonly columns: readonly SeedTableColumn[];
}

export interface SeedTableColumn extends SeedColumn {
  /** Of a foreign key. */
  readonly reference: Reference | null;
  /** Names of the CHECKs it stands in. */
  readonly checks: readonly string[];
}

export interface Reference {
  readonly table: string;
  readonly column: string;
}

/** What is to be known of tables to write rows into them. */
export async function describeTables(watch: Session, names: readonly string[]): Promise<SeedTable[]> {
  const rows = await watch.query(COLUMNS, [JSON.stringify(names)]);
  return rows.map(({ name, columns }) => ({
    name: name ?? "",
    columns: JSON.parse(columns ?? "[]") as SeedTable["columns"],
  }));
}

const COLUMNS = `
WITH RECURSIVE base AS (
  SELECT t.oid, t.oid AS base, t.typtype, t.typbasetype FROM pg_catalog.pg_type t
  UNION ALL SELECT b.oid, t.oid, t.typtype, t.typbasetype FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.typbasetype WHERE b.typtype = 'd'
)
SELECT named.name, (SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
    'name', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod), 'base', t.typname, 'category', t.typcategory,
    'length', CASE WHEN t.typname IN ('varchar', 'bpchar') AND a.atttypmod > 4 THEN a.atttypmod - 4 END,
    'labels', coalesce((SELECT pg_catalog.jsonb_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid), '[]'),
    'constants', coalesce((SELECT pg_catalog.jsonb_agg(m.part[1]) FROM pg_catalog.pg_constraint k,
      pg_catalog.regexp_matches(pg_catalog.pg_get_constraintdef(k.oid), '''([^''%]*)''::', 'g') AS m(part)
      WHERE k.conrelid = a.attrelid AND k.contype = 'c' AND k.conkey = ARRAY[a.attnum]), '[]'),
    'checks', coalesce((SELECT pg_catalog.jsonb_agg(k.conname) FROM pg_catalog.pg_constraint k
      WHERE k.conrelid = a.attrelid AND k.contype = 'c' AND a.attnum = ANY (k.conkey)), '[]'),
    'isRequired', a.attnotnull AND NOT a.atthasdef,
    'reference', (SELECT pg_catalog.jsonb_build_object('table', pg_catalog.format('%I.%I', fn.nspname, fc.relname), 'column', fa.attname)
      FROM pg_catalog.pg_constraint f JOIN pg_catalog.pg_class fc ON fc.oid = f.confrelid JOIN pg_catalog.pg_namespace fn ON fn.oid = fc.relnamespace
      JOIN pg_catalog.pg_attribute fa ON fa.attrelid = f.confrelid AND fa.attnum = f.confkey[1]
      WHERE f.contype = 'f' AND f.conrelid = a.attrelid AND f.conkey = ARRAY[a.attnum] LIMIT 1)
  ) ORDER BY a.attnum)::text
  FROM pg_catalog.pg_attribute a JOIN base b ON b.oid = a.atttypid AND b.typtype <> 'd' JOIN pg_catalog.pg_type t ON t.oid = b.base
  WHERE a.attrelid = pg_catalog.to_regclass(named.name) AND a.attnum > 0 AND NOT a.attisdropped
    AND a.attidentity = '' AND a.attgenerated = '' AND pg_catalog.pg_get_serial_sequence(named.name, a.attname) IS NULL) AS columns
FROM pg_catalog.jsonb_array_elements_text($1::jsonb) AS named(name)`;
