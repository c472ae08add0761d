import { compareFingerprints, fingerprintDigest, isComparable } from "../../core/fingerprint.js";
import type { Session } from "../../core/ports.js";
import type { ExpectedContents, LiveComparison, ManifestComparison, TableBeside } from "../../core/restore-report.js";
import { compareCounts, type TableCount } from "../../core/row-counts.js";
import { takeFingerprint } from "../take-fingerprint.js";
import { countTables } from "./count-tables.js";

/** A restored database against what was counted when its backup was taken. */
export async function compareWithManifest(session: Session, expected: ExpectedContents): Promise<ManifestComparison> {
  const isSchemaTheSame = await isSchemaSame(session, expected);
  if (expected.tables === null) return { tables: null, isSchemaSame: isSchemaTheSame };
  const found = await countTables(session);
  const known = found.filter(({ rows }) => rows !== null);
  const uncounted = new Set(found.filter(({ rows }) => rows === null).map(({ table }) => table));
  const comparable = expected.tables.filter(({ table }) => !uncounted.has(table));
  return { tables: compareCounts(comparable, known), isSchemaSame: isSchemaTheSame };
}

async function isSchemaSame(session: Session, { fingerprint }: ExpectedContents): Promise<boolean | null> {
  return fingerprint === null ? null : fingerprintDigest(await takeFingerprint(session)) === fingerprint;
}

/** What the live database has otherwise than the restored one: objects of the schema, and rows per table. */
export async function compareWithLive(restored: Session, live: Session): Promise<LiveComparison> {
  const [before, after] = [await takeFingerprint(restored), await takeFingerprint(live)];
  return {
    schema: compareFingerprints(before, after),
    isSchemaComparable: isComparable(before, after),
    tables: besideEachOther(await countTables(restored), await countTables(live)),
  };
}

function besideEachOther(restored: readonly TableCount[], live: readonly TableCount[]): TableBeside[] {
  const [ours, theirs] = [restored, live].map((counts) => new Map(counts.map(({ table, rows }) => [table, rows])));
  const tables = [...new Set([...restored, ...live].map(({ table }) => table))].sort();
  return tables
    .map((table) => ({
      ...{ table, restored: ours?.get(table) ?? null, live: theirs?.get(table) ?? null },
      isCounted: ours?.get(table) !== null && theirs?.get(table) !== null,
    }))
    .filter((one) => !one.isCounted || one.restored !== one.live);
}
