import type { Finding } from "../../core/findings.js";
import { ServerError, type Row } from "../../core/ports.js";
import { eachObject, lookOnce, type DeepLook } from "./look.js";

/** Sequences that count upwards and belong to a column (serial, identity). */
const OWNED = `
  SELECT format('%I.%I', n.nspname, s.relname) AS name, d.refobjid::regclass::text AS table, format('%I', a.attname) AS column
  FROM pg_catalog.pg_class s
  JOIN pg_catalog.pg_namespace n ON n.oid = s.relnamespace
  JOIN pg_catalog.pg_sequence q ON q.seqrelid = s.oid
  JOIN pg_catalog.pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.refclassid = 'pg_class'::regclass
    AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
  JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
  WHERE s.relkind = 'S' AND s.relpersistence <> 't' AND q.seqincrement > 0 AND NOT q.seqcycle
  ORDER BY 1`;

export interface SequenceReport {
  readonly sequences: number;
  readonly findings: readonly Finding[];
}

/** A sequence behind its column gives numbers that are taken: rows were written around it, as by a load of data. */
export async function compareSequences(look: DeepLook): Promise<SequenceReport> {
  const sequences = (await look.session.query(OWNED)).map(readSequence);
  const findings: Finding[] = [];
  let compared = 0;
  await eachObject(look, sequences, async (sequence) => {
    const { name, table, column } = sequence;
    const answer = await lookOnce(look, {
      sql: `SELECT CASE WHEN s.is_called THEN s.last_value ELSE s.last_value - 1 END AS last,
              (SELECT max(${column})::bigint FROM ${table}) AS highest FROM ${name} AS s`,
    });
    if (answer instanceof ServerError) return;
    compared += 1;
    const { last, highest } = answer[0] ?? {};
    if (last != null && highest != null && BigInt(highest) > BigInt(last))
      findings.push(judge(sequence, last, highest));
  });
  return { sequences: compared, findings };
}

interface Sequence {
  readonly name: string;
  readonly table: string;
  readonly column: string;
}

function readSequence({ name, table, column }: Row): Sequence {
  return { name: name ?? "", table: table ?? "", column: column ?? "" };
}

function judge({ name, table, column }: Sequence, last: string, highest: string): Finding {
  return {
    ...{ about: "sequence", level: "fault", subject: `sequence ${name}` },
    message: `Sequence ${name} stands at ${last}, and ${table}.${column} goes up to ${highest}: the next rows get numbers that are taken.`,
    next: `SELECT setval('${name}', (SELECT max(${column}) FROM ${table}));`,
  };
}
