import type { LiveTable } from "./live-table.js";
import type { Constraint } from "./schema/objects.js";
import { sqlIdentifier } from "./statement-facts.js";

/** What fills a column in batches. The key is the table's own where the files show one of a single column. */
export function backfill(live: LiveTable, column: string, value: string): string[] {
  const quoted = sqlIdentifier(column);
  const key = keyOf(live);
  return [
    "-- backfill, a file of its own:",
    "-- @phase backfill",
    `-- @batch table=${live.name} key=${key}`,
    `UPDATE ${live.sql} SET ${quoted} = ${value} WHERE ${quoted} IS NULL AND ${key} BETWEEN :from AND :to;`,
  ];
}

/** Proves a column NOT NULL while reads and writes go on. */
export function notNull({ sql, table }: LiveTable, column: string, server: number): string[] {
  const begun = [...(table?.constraints.values() ?? [])].find((one) => !one.isValid && one.proves.includes(column));
  // A CHECK of PostgreSQL 18 may be NOT ENFORCED, which nothing validates.
  const isProvable = begun?.kind === "not null" || server < 18;
  if (begun !== undefined && isProvable) return proved(sql, column, begun);
  const [constraint, quoted] = [sqlIdentifier(`${column}_not_null`), sqlIdentifier(column)];
  const isNative = server >= 18;
  const condition = isNative ? `NOT NULL ${quoted}` : `CHECK (${quoted} IS NOT NULL)`;
  return [
    "-- expand:",
    `ALTER TABLE ${sql} ADD CONSTRAINT ${constraint} ${condition} NOT VALID;`,
    ...validate(sql, constraint),
    ...(isNative ? [] : ["-- switch, a file of its own:", `ALTER TABLE ${sql} ALTER COLUMN ${quoted} SET NOT NULL;`]),
  ];
}

/** What a constraint that is still NOT VALID lacks. */
function proved(table: string, column: string, { name, kind }: Constraint): string[] {
  const set = `ALTER TABLE ${table} ALTER COLUMN ${sqlIdentifier(column)} SET NOT NULL;`;
  return [...validate(table, sqlIdentifier(name)), ...(kind === "check" ? ["-- switch, a file of its own:", set] : [])];
}

export function validate(table: string, constraint: string): string[] {
  return ["-- switch, a file of its own:", `ALTER TABLE ${table} VALIDATE CONSTRAINT ${constraint};`];
}

/** Keeps a column filled by a trigger from now on, with a value made of the row's other columns. */
export function fillByTrigger({ sql, id }: LiveTable, column: string, value: string): string[] {
  const routine = sqlIdentifier(`fill_${id.slice(id.indexOf(".") + 1)}_${column}`);
  return [
    `CREATE FUNCTION ${routine}() RETURNS trigger LANGUAGE plpgsql AS $$`,
    `BEGIN NEW.${sqlIdentifier(column)} := (SELECT ${value} FROM (SELECT NEW.*) AS written); RETURN NEW; END $$;`,
    `CREATE TRIGGER ${routine} BEFORE INSERT OR UPDATE ON ${sql} FOR EACH ROW EXECUTE FUNCTION ${routine}();`,
  ];
}

/** Whether the files prove that a column holds no NULL. */
export function isProvenNotNull({ table }: Pick<LiveTable, "table">, column: string): boolean {
  if (table?.columns.get(column)?.isNotNull === true) return true;
  return [...(table?.constraints.values() ?? [])].some(({ isValid, proves }) => isValid && proves.includes(column));
}

/** Several statements of one fix, as text. */
export function sqlLines(...lines: readonly (string | readonly string[])[]): string {
  return lines.flat().join("\n");
}

function keyOf({ table }: LiveTable): string {
  const key = [...(table?.constraints.values() ?? [])].find(({ kind }) => kind === "primary key")?.columns ?? [];
  return key.length === 1 && key[0] !== undefined ? sqlIdentifier(key[0]) : "<key>";
}
