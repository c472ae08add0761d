import { ENGINE_SCHEMA } from "./core/engine-tables.js";
import type { Row, Session } from "./core/ports.js";

export interface DatabaseInfo {
  readonly server: ServerInfo;
  readonly tables: readonly TableInfo[];
  readonly extensions: readonly {
    readonly name: string;
    readonly version: string;
    readonly available: string | null;
  }[];
  readonly settings: readonly { readonly name: string; readonly value: string }[];
}

export interface ServerInfo {
  /** `18.4` */
  readonly version: string;
  readonly database: string;
  readonly encoding: string;
  readonly collation: string;
  readonly sizeBytes: number;
  readonly startedAt: string;
  readonly isReadOnly: boolean;
  readonly connections: number;
  readonly maxConnections: number;
  /** Seconds the oldest open transaction of this database has lasted; null: none, or the role may not see others'. */
  readonly oldestTransactionSeconds: number | null;
}

export interface TableInfo {
  /** `public.users` */
  readonly name: string;
  /** An estimate of the last ANALYZE; null before the first. */
  readonly rows: number | null;
  /** With indexes and TOAST. */
  readonly sizeBytes: number;
  /** ISO 8601, the later of VACUUM and autovacuum; null: never. */
  readonly vacuumedAt: string | null;
}

const SERVER = `
  SELECT current_setting('server_version') AS version, d.datname AS database, pg_encoding_to_char(d.encoding) AS encoding,
    -- The builtin and ICU providers keep their locale in a column whose name depends on the version.
    coalesce(to_jsonb(d)->>'datlocale', to_jsonb(d)->>'daticulocale', d.datcollate) AS collation,
    pg_database_size(d.oid)::text AS size_bytes,
    to_char(pg_postmaster_start_time(), 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS started_at, pg_is_in_recovery()::text AS is_read_only,
    (SELECT count(*)::text FROM pg_stat_activity WHERE backend_type = 'client backend') AS connections,
    current_setting('max_connections') AS max_connections,
    (SELECT floor(extract(epoch FROM clock_timestamp() - min(xact_start)))::text FROM pg_stat_activity
     WHERE datid = d.oid AND pid <> pg_backend_pid()) AS oldest_transaction_seconds
  FROM pg_database d WHERE d.datname = current_database()`;

/** The largest first: they are what a migration must be careful with. */
const TABLES = `
  SELECT format('%I.%I', n.nspname, c.relname) AS name, CASE WHEN c.reltuples >= 0 THEN c.reltuples::bigint::text END AS rows,
    pg_total_relation_size(c.oid)::text AS size_bytes,
    to_char(greatest(s.last_vacuum, s.last_autovacuum), 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS vacuumed_at
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_stat_all_tables s ON s.relid = c.oid
  WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', '${ENGINE_SCHEMA}') AND n.nspname !~ '^pg_'
  ORDER BY pg_total_relation_size(c.oid) DESC, 1`;

const EXTENSIONS = `
  SELECT e.extname AS name, e.extversion AS version, a.default_version AS available
  FROM pg_extension e LEFT JOIN pg_available_extensions a ON a.name = e.extname ORDER BY 1`;

/** What a deploy meets: locks, limits, durability, vacuum, replication. */
const SETTINGS = `
  SELECT name, current_setting(name) AS value FROM pg_settings
  WHERE name IN ('archive_mode', 'autovacuum', 'autovacuum_freeze_max_age', 'deadlock_timeout', 'default_transaction_isolation',
    'fsync', 'full_page_writes', 'maintenance_work_mem', 'max_locks_per_transaction', 'max_wal_size', 'shared_buffers', 'ssl',
    'synchronous_commit', 'wal_level', 'work_mem')
  ORDER BY 1`;

/** What there is to know of a server and a database before working on it. Reads the catalog only. */
export async function readInfo(session: Session): Promise<DatabaseInfo> {
  const [server = {}] = await session.query(SERVER);
  return {
    server: serverOf(server),
    tables: (await session.query(TABLES)).map(tableOf),
    extensions: (await session.query(EXTENSIONS)).map((row) => ({
      ...{ name: row["name"] ?? "", version: row["version"] ?? "", available: row["available"] ?? null },
    })),
    settings: (await session.query(SETTINGS)).map((row) => ({ name: row["name"] ?? "", value: row["value"] ?? "" })),
  };
}

function serverOf(row: Row): ServerInfo {
  return {
    version: (row["version"] ?? "").split(" ")[0] ?? "",
    ...{ database: row["database"] ?? "", encoding: row["encoding"] ?? "", collation: row["collation"] ?? "" },
    sizeBytes: Number(row["size_bytes"]),
    startedAt: row["started_at"] ?? "",
    isReadOnly: row["is_read_only"] === "true",
    connections: Number(row["connections"]),
    maxConnections: Number(row["max_connections"]),
    oldestTransactionSeconds:
      row["oldest_transaction_seconds"] == null ? null : Number(row["oldest_transaction_seconds"]),
  };
}

function tableOf(row: Row): TableInfo {
  const rows = row["rows"];
  return {
    name: row["name"] ?? "",
    rows: rows == null ? null : Number(rows),
    sizeBytes: Number(row["size_bytes"]),
    vacuumedAt: row["vacuumed_at"] ?? null,
  };
}
