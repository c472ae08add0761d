import type { Finding } from "../../core/findings.js";
import { ServerError, type Row } from "../../core/ports.js";
import { eachObject, isGone, NOT_ALLOWED, isNotNow, lookOnce, type DeepLook } from "./look.js";

/** Rows that are looked at of each foreign key. A small table is looked at whole. */
const SAMPLE_ROWS = 10_000;

/**
 * Every foreign key, with the columns on both sides. Also those that are enforced: session_replication_role and a switched-off
 * trigger leave no trace in the rows they let in. Temporal keys (PostgreSQL 18) compare ranges, which this does not.
 */
const REFERENCES = `
  SELECT format('%I', con.conname) AS name, con.conrelid::regclass::text AS child, con.confrelid::regclass::text AS parent,
         (SELECT string_agg(format('%I', a.attname), ',' ORDER BY keys.n)
          FROM unnest(con.conkey) WITH ORDINALITY AS keys(num, n)
          JOIN pg_catalog.pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = keys.num) AS columns,
         (SELECT string_agg(format('%I', a.attname), ',' ORDER BY keys.n)
          FROM unnest(con.confkey) WITH ORDINALITY AS keys(num, n)
          JOIN pg_catalog.pg_attribute a ON a.attrelid = con.confrelid AND a.attnum = keys.num) AS referenced,
         greatest(c.reltuples, 0)::bigint::text AS rows, con.convalidated::text AS is_validated
  FROM pg_catalog.pg_constraint con JOIN pg_catalog.pg_class c ON c.oid = con.conrelid
  WHERE con.contype = 'f' AND con.conparentid = 0 AND c.relkind IN ('r', 'p')
    AND coalesce(to_jsonb(con) ->> 'conperiod', 'false') = 'false'
  ORDER BY 2, 1`;

export interface ReferenceReport {
  readonly foreignKeys: number;
  /** Over all of them. */
  readonly rowsLookedAt: number;
  readonly findings: readonly Finding[];
}

/** Looks for rows whose foreign key leads nowhere, by a sample of each. */
export async function sampleReferences(look: DeepLook): Promise<ReferenceReport> {
  const references = (await look.session.query(REFERENCES)).map(readReference);
  const findings: Finding[] = [];
  let [asked, rowsLookedAt] = [0, 0];
  await eachObject(look, references, async (reference) => {
    const answer = await lookOnce(look, { sql: sampleOf(reference) });
    if (answer instanceof ServerError) {
      if (!isGone(answer)) findings.push(notLookedAt(reference, answer));
      return;
    }
    const [orphans, looked] = [Number(answer[0]?.["orphans"]), Number(answer[0]?.["looked"])];
    asked += 1;
    rowsLookedAt += looked;
    if (orphans > 0) findings.push(judge(reference, orphans, looked));
  });
  return { foreignKeys: asked, rowsLookedAt, findings };
}

interface Reference {
  readonly name: string;
  readonly child: string;
  readonly parent: string;
  readonly columns: readonly string[];
  readonly referenced: readonly string[];
  /** As the planner believes. */
  readonly rows: number;
  readonly isValidated: boolean;
}

function readReference({ name, child, parent, columns, referenced, rows, is_validated: validated }: Row): Reference {
  return {
    ...{ name: name ?? "", child: child ?? "", parent: parent ?? "" },
    ...{ columns: split(columns), referenced: split(referenced) },
    ...{ rows: Number(rows), isValidated: validated === "true" },
  };
}

/** Quoted names may hold a comma. */
function split(list: string | null | undefined): string[] {
  return (list ?? "").match(/"(?:[^"]|"")*"|[^,]+/g) ?? [];
}

/** A row with a NULL in its key references nothing (MATCH SIMPLE). */
function sampleOf(reference: Reference): string {
  const { child, columns } = reference;
  const share = (100 * 2 * SAMPLE_ROWS) / Math.max(reference.rows, 1);
  const sample = share >= 100 ? "" : ` TABLESAMPLE SYSTEM (${share})`;
  const filled = columns.map((column) => `${column} IS NOT NULL`).join(" AND ");
  return `SELECT count(*) FILTER (WHERE ${orphanOf(reference)}) AS orphans, count(*) AS looked
    FROM (SELECT ${columns.join(", ")} FROM ${child}${sample} WHERE ${filled} LIMIT ${SAMPLE_ROWS}) AS sampled`;
}

function orphanOf({ parent, columns, referenced }: Reference): string {
  const same = columns.map((column, index) => `parent.${referenced[index] ?? ""} = sampled.${column}`).join(" AND ");
  return `NOT EXISTS (SELECT FROM ${parent} AS parent WHERE ${same})`;
}

function judge(reference: Reference, orphans: number, looked: number): Finding {
  const { name, child, parent, columns, isValidated } = reference;
  const filled = columns.map((column) => `${column} IS NOT NULL`).join(" AND ");
  return {
    ...{ about: "reference", level: isValidated ? "fault" : "warning", subject: `constraint ${name} on ${child}` },
    message: `${orphans} of ${looked} rows looked at in ${child} reference nothing in ${parent} (${name}${isValidated ? "" : ", not validated"}).`,
    next: `See them: SELECT * FROM ${child} AS sampled WHERE ${filled} AND ${orphanOf(reference)};\nMend or remove them in a migration, then: ALTER TABLE ${child} VALIDATE CONSTRAINT ${name};`,
  };
}

function notLookedAt({ name, child }: Reference, error: ServerError): Finding {
  const why = isNotNow(error) || error.sqlState === NOT_ALLOWED ? error.message : `it failed: ${error.message}`;
  return {
    ...{
      about: error.sqlState === NOT_ALLOWED ? "rights" : "reference",
      level: "warning",
      subject: `constraint ${name} on ${child}`,
    },
    message: `The rows of ${child} were not compared by ${name}: ${why}.`,
    next: "Check again when the database is quieter, as a login that may read both tables.",
  };
}
