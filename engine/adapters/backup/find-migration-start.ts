import { ENGINE_SCHEMA } from "../../core/engine-tables.js";
import { quoteIdentifier } from "../../core/quote-identifier.js";
import { isLocalInstanceRunning } from "../local/instances.js";
import type { LocalInstance } from "../local/instance-file.js";
import { withBackupSession, type BackupSession } from "./backup-session.js";

/** When and where in the write-ahead log a migration began to run. */
export interface MigrationStart {
  /** As the server prints it: `0/1800028`. */
  readonly lsn: string;
  readonly at: Date;
}

/** What the history of a running database says; undefined: it is down, or its history does not know. */
export async function findMigrationStart(
  instance: LocalInstance,
  schema = "public",
  version: string,
): Promise<MigrationStart | undefined> {
  if (!(await isLocalInstanceRunning(instance))) return undefined;
  return withBackupSession(instance, async (session) => {
    for (const place of new Set([schema, ENGINE_SCHEMA])) {
      const found = await lookIn(session, place, version);
      if (found !== undefined) return found;
    }
    return undefined;
  });
}

async function lookIn(session: BackupSession, schema: string, version: string): Promise<MigrationStart | undefined> {
  const table = `${quoteIdentifier(schema)}.schema_migrations`;
  const columns = await session.query(
    "SELECT FROM pg_attribute WHERE attrelid = to_regclass($1) AND attname IN ('started_lsn', 'started_at') AND NOT attisdropped",
    [table],
  );
  if (columns.length < 2) return undefined;
  const [row] = await session.query<{ lsn: string; at: Date }>(
    `SELECT started_lsn::text AS lsn, started_at AS at FROM ${table} WHERE version = $1 AND started_lsn IS NOT NULL`,
    [version],
  );
  return row;
}
