import type { Finding } from "../../core/findings.js";
import type { Session } from "../../core/ports.js";
import { checkIndexes } from "./check-indexes.js";
import { compareSequences } from "./compare-sequences.js";
import type { DeepLook } from "./look.js";
import { readTables } from "./read-tables.js";
import { sampleReferences } from "./sample-references.js";

/** What was looked at beyond the catalog. */
export interface DeepReport {
  /** Read page by page. */
  readonly tables: number;
  readonly bytes: number;
  /** B-tree indexes, compared with their tables entry by entry. */
  readonly indexes: number;
  readonly foreignKeys: number;
  /** Rows whose foreign keys were followed, of all of them. */
  readonly rowsSampled: number;
  readonly sequences: number;
  readonly findings: readonly Finding[];
}

const CHECKSUM_FAILURES = `
  SELECT coalesce(datname, 'shared') AS database, checksum_failures::text AS failures,
         to_char(checksum_last_failure AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS at
  FROM pg_catalog.pg_stat_database
  WHERE checksum_failures > 0 AND (datname = current_database() OR datid = 0)`;

/** Reads the data itself: pages, indexes, references by a sample, sequences. Nothing stays, and no lock outlasts one object. */
export async function lookDeep(look: DeepLook): Promise<DeepReport> {
  const tables = await readTables(look);
  const indexes = await checkIndexes(look);
  const references = await sampleReferences(look);
  const sequences = await compareSequences(look);
  return {
    ...{ tables: tables.tables, bytes: tables.bytes, indexes: indexes.checked },
    ...{ foreignKeys: references.foreignKeys, rowsSampled: references.rowsLookedAt, sequences: sequences.sequences },
    findings: [
      // Asked last: what was just read counts there, too.
      ...(await findChecksumFailures(look.session)),
      ...[tables, indexes, references, sequences].flatMap(({ findings }) => findings),
    ],
  };
}

async function findChecksumFailures(session: Session): Promise<Finding[]> {
  return (await session.query(CHECKSUM_FAILURES)).map(({ database, failures, at }) => ({
    ...{ about: "data", level: "fault", subject: `database ${database ?? ""}` },
    message: `The server has read ${failures ?? ""} pages of ${database ?? ""} whose checksum did not fit, the last one at ${at ?? "an unknown time"}.`,
    next: "The disk or its controller loses data: take the newest backup elsewhere, restore it beside on other hardware, and switch to it.",
  }));
}
