import { TOOL_TABLES, type ToolHistory, type ToolTable } from "../../core/adopt/tool-history.js";
import type { Tool } from "../../core/adopt/tool-folder.js";
import { ENGINE_SCHEMA } from "../../core/engine-tables.js";
import { HoldfastError } from "../../core/errors.js";
import { ServerError, type Row, type Session } from "../../core/ports.js";
import { dottedName, quoteIdentifier } from "../../core/quote-identifier.js";

/**
 * Reads another tool's history table, and nothing else of it.
 * @param named `schema.table` or `table`, where it has not the tool's usual name
 * @throws HoldfastError adopt_refused where there is no such table, or several; permission_denied
 */
export async function readToolHistory(session: Session, tool: Tool, named: string | undefined): Promise<ToolHistory> {
  const shape = TOOL_TABLES[tool];
  const [name = shape.name, schema] = (named ?? shape.name).split(".").reverse();
  const found = await findTables(session, shape, name, schema);
  const [only] = found;
  if (only === undefined || found.length > 1)
    throw notOne(tool, schema === undefined ? name : `${schema}.${name}`, found);
  const table = `${only}.${name}`;
  const columns = shape.columns.map((column) => `${quoteIdentifier(column)}::text`).join(", ");
  try {
    const rows = await session.query(
      `SELECT ${columns} FROM ${dottedName([only, name])} ORDER BY ${dottedName([name, shape.orderBy])}`,
    );
    return { tool, table, rows };
  } catch (error) {
    if (error instanceof ServerError && error.sqlState === "42501") throw await unreadable(session, table);
    throw error;
  }
}

const TABLES = `
  SELECT n.nspname AS schema, string_agg(a.attname, ',' ORDER BY a.attname) AS columns
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE c.relname = $1 AND c.relkind IN ('r', 'p') AND n.nspname <> $2
  GROUP BY n.nspname ORDER BY n.nspname`;

/** Schemas that have a table of that name and shape. */
async function findTables(
  session: Session,
  shape: ToolTable,
  name: string,
  schema: string | undefined,
): Promise<string[]> {
  const rows = await session.query(TABLES, [name, ENGINE_SCHEMA]);
  const fitting = rows.filter((row) => hasShape(row, shape) && (schema === undefined || row["schema"] === schema));
  return fitting.map((row) => row["schema"] ?? "");
}

function hasShape(row: Row, { columns, isExact }: ToolTable): boolean {
  const has = (row["columns"] ?? "").split(",");
  return columns.every((column) => has.includes(column)) && (!isExact || has.length === columns.length);
}

function notOne(tool: Tool, name: string, schemas: readonly string[]): HoldfastError {
  const [what, next] =
    schemas.length === 0
      ? [
          `There is no table ${name} as ${tool} keeps one`,
          "Check the database and --from; where it has another name: --table <schema.name>.",
        ]
      : [
          `Several schemas have a table ${name} as ${tool} keeps one: ${schemas.join(", ")}`,
          `Say which: --table ${schemas[0] ?? ""}.${name}.`,
        ];
  return new HoldfastError("adopt_refused", `${what}.`, { next });
}

async function unreadable(session: Session, table: string): Promise<HoldfastError> {
  const [row] = await session.query("SELECT current_user::text AS role");
  const role = quoteIdentifier(row?.["role"] ?? "");
  return new HoldfastError("permission_denied", `Role ${role} may not read ${table}.`, {
    sqlState: "42501",
    next: `Let it: GRANT SELECT ON ${dottedName(table.split("."))} TO ${role};`,
  });
}
