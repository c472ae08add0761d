import { ENGINE_SCHEMA } from "../../core/engine-tables.js";
import type { Session } from "../../core/ports.js";
import { quoteIdentifier } from "../../core/quote-identifier.js";

/** When a migration began to run, by the clock of its server; undefined: the history does not know. */
export async function whenItBegan(session: Session, schema: string, version: string): Promise<Date | undefined> {
  for (const place of new Set([schema, ENGINE_SCHEMA])) {
    const table = `${quoteIdentifier(place)}.schema_migrations`;
    const known = await session.query(
      "SELECT 1 AS one FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass($1) AND attname = 'started_at'",
      [table],
    );
    if (known.length === 0) continue;
    const [row] = await session.query(
      `SELECT extract(epoch FROM started_at)::text AS at FROM ${table} WHERE version = $1 AND started_at IS NOT NULL`,
      [version],
    );
    if (row?.["at"] != null) return new Date(Number(row["at"]) * 1000);
  }
  return undefined;
}
