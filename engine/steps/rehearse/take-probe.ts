import { ENGINE_SCHEMA } from "../../core/engine-tables.js";
import { LOCK_MODES, type LockMode } from "../../core/lock-modes.js";
import type { Row, Session } from "../../core/ports.js";
import { isStronger, type Probe, type ProbedRelation } from "../../core/rehearsal/probe.js";

/** Inside a transaction: what it has locked, written anew and scanned so far. Temporary tables are nobody else's affair. */
export async function takeProbe(session: Session): Promise<Probe> {
  return readProbe(await session.query(INSIDE));
}

/**
 * From beside: what another session has locked, or waits for; scans as they have been counted.
 * @param pid of that session
 */
export async function takeProbeOf(watch: Session, pid: number): Promise<Probe> {
  return readProbe(await watch.query(BESIDE, [String(pid)]));
}

const RELATIONS = (scans: string, locks: string): string => `
WITH own AS MATERIALIZED (${locks})
SELECT c.oid::text AS oid, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name, c.relkind::text AS kind, c.relfilenode::text AS file,
  i.indrelid::text AS on_table, pg_catalog.${scans}(c.oid)::text AS scans,
  (SELECT pg_catalog.string_agg(own.mode, ',') FROM own WHERE own.relation = c.oid) AS modes
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
WHERE c.relkind IN ('r', 'p', 'm', 'f', 'i', 'I', 'v', 'S') AND n.nspname !~ '^pg_(toast|temp)'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', '${ENGINE_SCHEMA}')
UNION ALL SELECT own.relation::text, NULL, NULL, NULL, NULL, NULL, pg_catalog.string_agg(own.mode, ',') FROM own
  WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = own.relation) GROUP BY own.relation`;

const LOCKS = `SELECT l.relation, l.mode FROM pg_catalog.pg_locks l WHERE l.locktype = 'relation'
  AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())`;

const INSIDE = RELATIONS("pg_stat_get_xact_numscans", `${LOCKS} AND l.granted AND l.pid = pg_catalog.pg_backend_pid()`);
const BESIDE = RELATIONS("pg_stat_get_numscans", `${LOCKS} AND l.pid = $1::int`);

function readProbe(rows: readonly Row[]): Probe {
  const relations = new Map<string, ProbedRelation>();
  const locks = new Map<string, LockMode>();
  for (const row of rows) {
    const oid = row["oid"] ?? "";
    const mode = strongest(row["modes"] ?? "");
    if (mode !== undefined) locks.set(oid, mode);
    if (row["name"] == null) continue;
    relations.set(oid, {
      ...{ oid, name: row["name"], kind: row["kind"] ?? "", file: row["file"] ?? "0" },
      onTable: row["on_table"] ?? null,
      scans: Number(row["scans"]),
    });
  }
  return { relations, locks };
}

function strongest(modes: string): LockMode | undefined {
  const held = LOCK_MODES.filter((mode) => modes.split(",").includes(mode));
  return held.reduce<LockMode | undefined>((one, other) => (isStronger(other, one) ? other : one), undefined);
}
