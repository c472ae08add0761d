import { hasConflict, type LockMode } from "../core/lock-modes.js";
import type { LockTarget } from "../core/lock-targets.js";
import type { Row, Session } from "../core/ports.js";
import { WATCHING_ROLE } from "./watching-role.js";

/** A relation that a statement will lock, found in the catalog. */
export interface LockedRelation {
  readonly oid: string;
  /** As SQL names it under the session's search_path. */
  readonly name: string;
  readonly mode: LockMode;
  /** LOCK TABLE takes it: a table, also a partitioned one. */
  readonly isTable: boolean;
}

/** A transaction that holds a lock on one of the relations which conflicts with what will be asked for. */
export interface LockHolder {
  /** Null: it is only known to be open. */
  readonly relation: LockedRelation | null;
  /** Null: a prepared transaction. */
  readonly pid: string | null;
  readonly preparedName: string | null;
  readonly user: string | null;
  readonly application: string | null;
  /** As pg_stat_activity names it: `active`, `idle in transaction`. Null where this role may not see it. */
  readonly state: string | null;
  /** Age of its transaction; null where this role may not see it (it lacks pg_read_all_stats). */
  readonly ageMs: number | null;
  readonly autovacuum: "none" | "ordinary" | "wraparound";
}

/**
 * Looks the targets up: an index becomes its table, a table brings its partitions and children and, where the statement
 * reaches further, the tables at the other end of its foreign keys and its own parent. What does not exist is left out.
 */
export async function findLockedRelations(
  session: Session,
  targets: readonly (string | LockTarget)[],
): Promise<LockedRelation[]> {
  if (targets.length === 0) return [];
  const asked = targets.map((target) => (typeof target === "string" ? unknownTarget(target) : target));
  const rows = await session.query(LOCKED_RELATIONS, [JSON.stringify(asked)]);
  return rows.map((row) => ({
    oid: row["oid"] ?? "",
    name: row["name"] ?? "",
    mode: row["mode"] as LockMode,
    isTable: row["is_table"] === "t",
  }));
}

function unknownTarget(relation: string): LockTarget {
  return { relation, mode: "AccessExclusiveLock", reachesFurther: true };
}

const LOCKED_RELATIONS = `
WITH RECURSIVE asked AS (
  SELECT coalesce(i.indrelid, c.oid) AS oid, a.mode, a."reachesFurther" AS further
  FROM jsonb_to_recordset($1::jsonb) AS a(relation text, mode text, "reachesFurther" boolean)
  JOIN pg_class c ON c.oid = to_regclass(a.relation)
  LEFT JOIN pg_index i ON i.indexrelid = c.oid
), family AS (
  SELECT * FROM asked
  UNION SELECT h.inhrelid, f.mode, f.further FROM family f JOIN pg_inherits h ON h.inhparent = f.oid
), reached AS (
  SELECT oid, mode FROM family
  UNION SELECT h.inhparent, f.mode FROM family f JOIN pg_inherits h ON h.inhrelid = f.oid WHERE f.further
  UNION SELECT CASE f.oid WHEN k.conrelid THEN k.confrelid ELSE k.conrelid END, f.mode
    FROM family f JOIN pg_constraint k ON k.contype = 'f' AND f.oid IN (k.conrelid, k.confrelid) WHERE f.further
)
SELECT r.oid::text AS oid, r.oid::regclass::text AS name, r.mode, c.relkind IN ('r', 'p') AS is_table
FROM reached r JOIN pg_class c ON c.oid = r.oid ORDER BY name, mode`;

/** Who holds a conflicting lock on the relations now, however young its transaction is. */
export async function findHolders(session: Session, relations: readonly LockedRelation[]): Promise<LockHolder[]> {
  if (relations.length === 0) return [];
  const rows = await session.query(HOLDERS, [`{${relations.map(({ oid }) => oid).join(",")}}`]);
  return rows.flatMap((row) => {
    const relation = relations.find(({ oid, mode }) => oid === row["oid"] && hasConflict(mode, row["mode"] ?? ""));
    return relation === undefined ? [] : [readHolder(row, relation)];
  });
}

function readHolder(row: Row, relation: LockedRelation | null): LockHolder {
  const age = row["age_ms"] ?? null;
  return {
    relation,
    pid: row["pid"] ?? null,
    preparedName: row["gid"] ?? null,
    user: row["usename"] ?? null,
    application: row["application_name"] ?? null,
    state: row["state"] ?? null,
    ageMs: age === null ? null : Number(age),
    autovacuum: row["is_autovacuum"] !== "t" ? "none" : row["is_for_wraparound"] === "t" ? "wraparound" : "ordinary",
  };
}

/**
 * The owner role rarely may see others' transactions, the role that logged in often may: for this one statement the role
 * is put aside, before the activity is read (which the lateral reference makes sure of). Who has no user is an autovacuum
 * worker; whether it guards against wraparound its query says, and where that is hidden the table's age
 * (manual, "Preventing Transaction ID Wraparound Failures"). A prepared transaction has no process: its name is found by the
 * lock on its own transaction id.
 */
const ACTIVITY = `
WITH login AS MATERIALIZED (SELECT set_config('role', ${WATCHING_ROLE}, true) AS role),
activity AS MATERIALIZED (
  SELECT a.* FROM login, LATERAL pg_stat_get_activity(CASE WHEN login.role IS NULL THEN 0 END) AS a
)`;

const HOLDERS = `${ACTIVITY}
SELECT l.relation::text AS oid, l.mode, l.pid::text AS pid, p.gid, a.application_name, a.state,
  CASE WHEN a.usesysid IS NULL THEN p.owner ELSE pg_get_userbyid(a.usesysid) END AS usename,
  floor(extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, p.prepared)) * 1000)::text AS age_ms,
  a.pid IS NOT NULL AND a.usesysid IS NULL AND l.mode = 'ShareUpdateExclusiveLock' AS is_autovacuum,
  CASE WHEN a.backend_type IS NULL
    THEN greatest(age(c.relfrozenxid) - current_setting('autovacuum_freeze_max_age')::bigint,
      mxid_age(c.relminmxid) - current_setting('autovacuum_multixact_freeze_max_age')::bigint) > 0
    ELSE a.query LIKE 'autovacuum:%(to prevent wraparound)%' END AS is_for_wraparound
FROM pg_locks l
JOIN pg_class c ON c.oid = l.relation
LEFT JOIN activity a ON a.pid = l.pid
LEFT JOIN pg_locks t ON l.pid IS NULL AND t.pid IS NULL AND t.locktype = 'transactionid' AND t.granted
  AND t.virtualtransaction = l.virtualtransaction
LEFT JOIN pg_prepared_xacts p ON p.transaction = t.transactionid
WHERE l.locktype = 'relation' AND l.granted AND l.relation = ANY ($1::oid[])
  AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
  AND l.pid IS DISTINCT FROM pg_backend_pid()
ORDER BY coalesce(a.xact_start, p.prepared)`;

/** Transactions of others in this database that have been open for a while, oldest first; at most five. */
export async function findOpenTransactions(session: Session): Promise<LockHolder[]> {
  return (await session.query(OPEN_TRANSACTIONS)).map((row) => readHolder(row, null));
}

const OPEN_TRANSACTIONS = `${ACTIVITY}
SELECT * FROM (
  SELECT a.pid::text AS pid, NULL AS gid, a.application_name, a.state, pg_get_userbyid(a.usesysid) AS usename,
    floor(extract(epoch FROM clock_timestamp() - a.xact_start) * 1000) AS age_ms
  FROM activity a JOIN pg_database d ON d.oid = a.datid
  WHERE d.datname = current_database() AND a.pid <> pg_backend_pid() AND a.usesysid IS NOT NULL
  UNION ALL SELECT NULL, p.gid, NULL, NULL, p.owner, floor(extract(epoch FROM clock_timestamp() - p.prepared) * 1000)
  FROM pg_prepared_xacts p WHERE p.database = current_database()
) AS one WHERE age_ms > 100 ORDER BY age_ms DESC LIMIT 5`;
