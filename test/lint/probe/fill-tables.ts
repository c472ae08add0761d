import type { Client } from "pg";
import { quote } from "./old-objects.js";

const ROWS = 400;

interface Column {
  readonly table: string;
  readonly name: string;
  readonly type: string;
  readonly category: string;
  readonly isNullable: boolean;
}

const COLUMNS = `
  SELECT a.attrelid::regclass::text AS table, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
    CASE WHEN t.typtype = 'e' THEN 'E' WHEN t.typtype = 'd' THEN b.typcategory ELSE t.typcategory END AS category,
    NOT a.attnotnull AS "isNullable"
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_type b ON b.oid = t.typbasetype
  WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attidentity <> 'a'
    AND c.relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')
  ORDER BY a.attrelid, a.attnum`;

/** Values made of a number; by PostgreSQL's categories of types, without any for what else there is. */
const VALUES: Readonly<Record<string, (number: string, type: string) => string>> = {
  N: (number, type) => `(${number})::${type}`,
  S: (number, type) => `left('v' || ${number}, 8)::${type}`,
  D: (number, type) => `('2026-01-01'::timestamptz + ${number} * interval '1 minute')::${type}`,
  B: (number, type) => `(${number} % 2 = 0)::${type}`,
  E: (_, type) => `(enum_range(NULL::${type}))[1]`,
  T: (_, type) => `'1 day'::${type}`,
};
const BY_TYPE: Readonly<Record<string, string>> = {
  uuid: "md5(n::text)::uuid",
  json: "'{}'::json",
  jsonb: "'{}'::jsonb",
};

/** Tried in turn, until a table's checks and bounds let one in: numbers of rows, and whether every second value is NULL. */
const ATTEMPTS = [
  { number: "n", hasNulls: true },
  { number: "n", hasNulls: false },
  { number: "(1 + n % 8)", hasNulls: false },
  { number: "(10 + n % 10)", hasNulls: false },
];

/** Puts rows into every table that takes any. */
export async function fillTables(client: Client): Promise<void> {
  const columns = (await client.query<Column>(COLUMNS)).rows;
  // Rows of a key's two ends have equal numbers: no order of tables is needed.
  await client.query("SET session_replication_role = replica");
  for (const table of new Set(columns.map((column) => column.table))) {
    const own = columns.filter((column) => column.table === table);
    const names = own.map(({ name }) => quote(name)).join(", ");
    for (const attempt of ATTEMPTS) {
      const values = own.map((column) => valueOf(column, attempt)).join(", ");
      const sql = `INSERT INTO ${table} (${names}) SELECT ${values} FROM generate_series(1, ${ROWS}) n ON CONFLICT DO NOTHING`;
      const isFilled = await client.query(sql).then(
        () => true,
        () => false,
      );
      if (isFilled) break;
    }
  }
  await client.query("RESET session_replication_role");
}

function valueOf({ type, category, isNullable }: Column, { number, hasNulls }: (typeof ATTEMPTS)[number]): string {
  const value = BY_TYPE[type] ?? VALUES[category]?.(number, type) ?? "NULL";
  return hasNulls && isNullable ? `CASE WHEN n % 2 = 0 THEN ${value} END` : value;
}
