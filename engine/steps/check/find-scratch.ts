import type { Finding } from "../../core/findings.js";
import type { Session } from "../../core/ports.js";
import { SCRATCH_SCHEMA } from "../../core/scratch-schema.js";

/** Tables, views and sequences; what belongs to one of them (a partition, a serial's sequence) goes with it. */
const LEFTOVERS = `
  SELECT c.relkind AS kind, format('%I.%I', n.nspname, c.relname) AS name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = '${SCRATCH_SCHEMA}' AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND NOT c.relispartition
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')
      AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> c.oid)
  ORDER BY 2`;

const WORDS: Readonly<Record<string, string>> = {
  r: "table",
  p: "table",
  v: "view",
  m: "materialized view",
  S: "sequence",
  f: "foreign table",
};

/** What migrations made in the scratch schema and did not take away again. */
export async function findScratch(session: Session): Promise<Finding[]> {
  const rows = await session.query(LEFTOVERS);
  return rows.map(({ kind, name }) => {
    const word = WORDS[kind ?? ""] ?? "table";
    return {
      ...{ about: "scratch", level: "warning", subject: `${word} ${name ?? ""}` },
      message: `Scratch ${word} ${name ?? ""} is still there.`,
      next: `If no pending file needs it: DROP ${word.toUpperCase()} ${name ?? ""}; in the next migration, which takes no approval.`,
    };
  });
}
