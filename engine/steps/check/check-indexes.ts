import type { Finding } from "../../core/findings.js";
import { ServerError, type Row } from "../../core/ports.js";
import { quoteIdentifier } from "../../core/quote-identifier.js";
import { eachObject, isGone, isNotNow, lookOnce, NOT_ALLOWED, type DeepLook } from "./look.js";

/** Every valid B-tree index, those of the catalog too: a wrong one there hides tables. Temporary ones are others' own. */
const INDEXES = `
  SELECT c.oid::text AS oid, format('%I.%I', n.nspname, c.relname) AS name, format('%I.%I', tn.nspname, t.relname) AS table
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
  JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
  JOIN pg_catalog.pg_am a ON a.oid = c.relam
  WHERE a.amname = 'btree' AND c.relkind = 'i' AND i.indisvalid AND i.indisready AND c.relpersistence <> 't'
  ORDER BY n.nspname ~ '^pg_', 2`;

const AMCHECK = `
  SELECT (SELECT n.nspname FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
          WHERE e.extname = 'amcheck') AS schema,
         EXISTS (SELECT FROM pg_catalog.pg_available_extensions WHERE name = 'amcheck') AS is_available`;

/** Where amcheck is not installed, it is there for one transaction, in a schema of its own. */
const PASSING_SCHEMA = "holdfast_amcheck";
const INSTALL = [`CREATE SCHEMA ${PASSING_SCHEMA}`, `CREATE EXTENSION amcheck WITH SCHEMA ${PASSING_SCHEMA}`];

export interface IndexReport {
  /** How many were compared with their tables. */
  readonly checked: number;
  readonly findings: readonly Finding[];
}

/**
 * Compares each index with its table, entry by entry (amcheck, manual F.1: bt_index_check with heapallindexed): an index that
 * lacks rows gives wrong answers without an error. The locks are those of a SELECT.
 */
export async function checkIndexes(look: DeepLook): Promise<IndexReport> {
  const [amcheck] = await look.session.query(AMCHECK);
  const { schema = null, is_available: isAvailable } = amcheck ?? {};
  if (schema === null && isAvailable !== "t")
    return { checked: 0, findings: [notChecked("it has no extension amcheck")] };
  const rows = (await look.session.query(INDEXES)).map(readIndex);
  const sql = `SELECT ${quoteIdentifier(schema ?? PASSING_SCHEMA)}.bt_index_check($1::oid::regclass, true)`;
  const install = schema === null ? { before: INSTALL, makes: true } : {};
  const findings: Finding[] = [];
  let checked = 0;
  let refusal: string | undefined;
  await eachObject(look, rows, async (index) => {
    if (refusal !== undefined) return;
    const answer = await lookOnce(look, { sql, values: [index.oid], ...install });
    if (!(answer instanceof ServerError)) checked += 1;
    else if (isRefusal(answer)) refusal = answer.message;
    else if (!isGone(answer)) findings.push(judge(index, answer));
  });
  return { checked, findings: refusal === undefined ? findings : [...findings, notChecked(refusal)] };
}

interface Index {
  readonly oid: string;
  readonly name: string;
  readonly table: string;
}

function readIndex({ oid, name, table }: Row): Index {
  return { oid: oid ?? "", name: name ?? "", table: table ?? "" };
}

/** The right is missing, or the server takes no writes: then no index can be checked. */
function isRefusal({ sqlState }: ServerError): boolean {
  return sqlState === NOT_ALLOWED || sqlState === "25006";
}

function judge({ name, table }: Index, error: ServerError): Finding {
  const subject = `index ${name}`;
  if (isNotNow(error)) {
    return {
      ...{ about: "index", level: "warning", subject },
      message: `Index ${name} of ${table} was not checked: ${error.message}.`,
      next: "Check again when the database is quieter.",
    };
  }
  return {
    ...{ about: "index", level: "fault", subject },
    message: `Index ${name} of ${table} does not fit its table: ${error.message}.`,
    next: `Keep a copy for examination (holdfast backup), look whether the table itself can be read, then: REINDEX INDEX CONCURRENTLY ${name};\nA unique index may have let duplicates in: REINDEX names them.`,
  };
}

function notChecked(why: string): Finding {
  return {
    ...{ about: "rights", level: "warning", subject: "amcheck" },
    message: `The indexes were not compared with their tables: ${why}.`,
    next: "Let a superuser (on RDS: a member of rds_superuser) run CREATE EXTENSION amcheck; and grant EXECUTE on its functions to this login, or check as one.",
  };
}
