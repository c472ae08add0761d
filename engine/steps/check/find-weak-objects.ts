import { ENGINE_SCHEMA, RETIRED_SCHEMA } from "../../core/engine-tables.js";
import type { Finding } from "../../core/findings.js";
import type { Row, Session } from "../../core/ports.js";

/** Share of what a sequence, or the column it fills, can hold. */
const SEQUENCE_WARNING = 0.8;
const SEQUENCE_FAULT = 0.95;
/** Of 2^31 transactions. From 1.6 billion on VACUUM drops every courtesy (manual, vacuum_failsafe_age). */
const WRAPAROUND_WARNING = 1_000_000_000;
const WRAPAROUND_FAULT = 1_600_000_000;

const OWN = `NOT IN ('pg_catalog', 'information_schema', '${ENGINE_SCHEMA}', '${RETIRED_SCHEMA}')`;

const INVALID_INDEXES = `
  SELECT format('%I.%I', n.nspname, c.relname) AS index, format('%I.%I', n.nspname, t.relname) AS table
  FROM pg_index i
  JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
  JOIN pg_namespace n ON n.oid = t.relnamespace
  -- A partitioned index that still lacks a partition is invalid on purpose.
  WHERE NOT i.indisvalid AND c.relkind = 'i' AND n.nspname ${OWN} ORDER BY 1`;

const UNVALIDATED = `
  SELECT conname AS name, conrelid::regclass::text AS table, pg_get_constraintdef(c.oid) AS definition
  FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace
  WHERE NOT c.convalidated AND c.contype IN ('c', 'f', 'n') AND c.conrelid <> 0 AND n.nspname ${OWN} ORDER BY 2, 1`;

/** The sequence's own end, or that of the integer column which takes its values where it is nearer. */
const SEQUENCES = `
  SELECT format('%I.%I', s.schemaname, s.sequencename) AS name, s.last_value::text AS used, ends.at::text AS end
  FROM pg_sequences s
  LEFT JOIN pg_depend d ON d.objid = format('%I.%I', s.schemaname, s.sequencename)::regclass
    AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
  LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
  CROSS JOIN LATERAL (SELECT least(s.max_value,
    CASE a.atttypid WHEN 'int2'::regtype THEN 32767 WHEN 'int4'::regtype THEN 2147483647 END) AS at) AS ends
  WHERE NOT s.cycle AND s.increment_by > 0 AND s.last_value >= ends.at * ${SEQUENCE_WARNING}
    AND s.schemaname ${OWN} ORDER BY 1`;

const WRAPAROUND = `
  SELECT datname AS database, greatest(age(datfrozenxid), mxid_age(datminmxid))::text AS age
  FROM pg_database WHERE datname = current_database()`;

/** What the catalog says needs care. Nothing is read but the catalog. */
export async function findWeakObjects(session: Session): Promise<Finding[]> {
  return [
    ...(await session.query(INVALID_INDEXES)).map(invalidIndex),
    ...(await session.query(UNVALIDATED)).map(unvalidated),
    ...(await session.query(SEQUENCES)).map(nearlyUsedUp),
    ...(await session.query(WRAPAROUND)).flatMap(wraparound),
  ];
}

function invalidIndex({ index, table }: Row): Finding {
  return {
    ...{ about: "index", level: "fault", subject: `index ${index ?? ""}` },
    message: `Index ${index ?? ""} of ${table ?? ""} is not valid: it is written to, but never read.`,
    next: `If a deploy is under way, wait for it. Else: DROP INDEX CONCURRENTLY ${index ?? ""}; and build it again in a migration.`,
  };
}

function unvalidated({ name, table, definition }: Row): Finding {
  return {
    ...{ about: "constraint", level: "warning", subject: `constraint ${name ?? ""} on ${table ?? ""}` },
    message: `Constraint ${name ?? ""} on ${table ?? ""} holds for new rows only: ${definition ?? ""}.`,
    next: `Check the old rows in a switch file: ALTER TABLE ${table ?? ""} VALIDATE CONSTRAINT ${name ?? ""};`,
  };
}

function nearlyUsedUp({ name, used, end }: Row): Finding {
  const share = Number(used) / Number(end);
  return {
    ...{ about: "sequence", level: share >= SEQUENCE_FAULT ? "fault" : "warning", subject: `sequence ${name ?? ""}` },
    message: `Sequence ${name ?? ""} has used ${(share * 100).toFixed(1)} % of its numbers (${used ?? ""} of ${end ?? ""}).`,
    next: "Widen the column to bigint over expand, backfill, switch and contract, in good time.",
  };
}

function wraparound({ database, age }: Row): Finding[] {
  if (Number(age) < WRAPAROUND_WARNING) return [];
  return [
    {
      ...{
        about: "wraparound",
        level: Number(age) >= WRAPAROUND_FAULT ? "fault" : "warning",
        subject: `database ${database ?? ""}`,
      },
      message: `Database ${database ?? ""} has transactions that are ${age ?? ""} old and not frozen; at 2.1 billion it stops taking writes.`,
      next: "Look what keeps autovacuum from freezing (old transactions, replication slots, prepared transactions), then VACUUM FREEZE.",
    },
  ];
}
