import type { Finding } from "../../core/findings.js";
import { fingerprintDigest } from "../../core/fingerprint.js";
import type { Inspection } from "../../core/inspection.js";
import type { MigrationFile } from "../../core/migration.js";
import type { HistoryStore, Progress, Session, SqlParser } from "../../core/ports.js";
import type { ExpectedContents } from "../../core/restore-report.js";
import { compareCounts, describeDifferences, type TableCount } from "../../core/row-counts.js";
import { checkIndexes } from "../check/check-indexes.js";
import type { DeepLook } from "../check/look.js";
import { readTables } from "../check/read-tables.js";
import { verifyAgain } from "../check/verify-again.js";
import { countTables } from "../restore/count-tables.js";
import { takeFingerprint } from "../take-fingerprint.js";
import { testWrites } from "./write-test.js";

export interface InspectionRequest {
  /** Of the throw-away database, open for writing, as who may do most there. */
  readonly session: Session;
  /** What its backup's manifest says; null: nothing was noted. */
  readonly expected: ExpectedContents | null;
  /** The folder, whose @verify queries are asked again; unset: they are not. */
  readonly migrations?: MigrationsBeside | undefined;
  /** Also compares every index with its table and reads every page: minutes for many gigabytes. */
  readonly isThorough: boolean;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface MigrationsBeside {
  readonly files: readonly MigrationFile[];
  readonly history: HistoryStore;
  readonly loadParser: () => Promise<SqlParser>;
}

/**
 * Looks whether a database that was restored to be thrown away is the one that was backed up, and works: its pages and indexes,
 * its rows, what the migrations promised, and whether it takes writes.
 */
export async function inspectRestored(request: InspectionRequest): Promise<Inspection> {
  const { session, expected, migrations, isThorough } = request;
  const integrity = isThorough ? await readWhole(request) : undefined;
  const contents = expected === null ? undefined : await compareContents(session, expected);
  const verify = migrations === undefined ? undefined : await askAgain(session, migrations);
  const writes = await testWrites(session);
  return {
    tables: contents?.tables ?? null,
    rows: contents?.rows ?? null,
    isSchemaSame: contents?.isSchemaSame ?? null,
    indexes: integrity?.indexes ?? null,
    bytesRead: integrity?.bytes ?? null,
    verified: verify?.asked ?? null,
    takesWrites: writes.length === 0,
    findings: [...(integrity?.findings ?? []), ...(contents?.findings ?? []), ...(verify?.findings ?? []), ...writes],
  };
}

/** Nobody else works there, so nothing is hurried. */
async function readWhole({ session, progress, signal }: InspectionRequest) {
  const look: DeepLook = { session, progress, signal, limitMs: 0 };
  const { bytes, findings } = await readTables(look);
  const indexes = await checkIndexes(look);
  return { bytes, indexes: indexes.checked, findings: [...findings, ...indexes.findings] };
}

type Contents = Pick<Inspection, "tables" | "rows" | "isSchemaSame" | "findings">;

async function compareContents(session: Session, { tables, fingerprint }: ExpectedContents): Promise<Contents> {
  const isSchemaSame = fingerprint === null ? null : fingerprintDigest(await takeFingerprint(session)) === fingerprint;
  const schema = isSchemaSame === false ? [otherSchema()] : [];
  if (tables === null) return { tables: null, rows: null, isSchemaSame, findings: schema };
  return { isSchemaSame, ...(await compareRows(session, tables, schema)) };
}

async function compareRows(session: Session, expected: readonly TableCount[], schema: readonly Finding[]) {
  const found = await countTables(session, 0);
  const known = found.filter(({ rows }) => rows !== null);
  const uncounted = found.filter(({ rows }) => rows === null).map(({ table }) => table);
  const comparable = expected.filter(({ table }) => !uncounted.includes(table));
  const differences = compareCounts(comparable, known);
  const counted = comparable.filter(({ rows }) => rows !== null);
  return {
    tables: counted.length,
    rows: counted.reduce((sum, { rows }) => sum + (rows ?? 0), 0),
    findings: [
      ...(differences.length === 0 ? [] : [otherRows(describeDifferences(differences))]),
      ...uncounted.map(notCounted),
      ...schema,
    ],
  };
}

async function askAgain(session: Session, { files, history, loadParser }: MigrationsBeside) {
  const state = await history.load(session);
  return verifyAgain(session, files, state.history, await loadParser());
}

function otherRows(differences: string): Finding {
  return {
    ...{ about: "rows", level: "fault", subject: "rows" },
    message: `It restores with other rows than it was taken with: ${differences}.`,
    next: "Keep this backup for examination, take another one, and drill that.",
  };
}

function notCounted(table: string): Finding {
  return {
    ...{ about: "rights", level: "warning", subject: `table ${table}` },
    message: `The rows of ${table} were not counted: this login may not read it.`,
    next: "Drill as a superuser, or as a login with the role pg_read_all_data.",
  };
}

/** Another release of the engine may describe a schema otherwise; so it is told and fails nothing. */
function otherSchema(): Finding {
  return {
    ...{ about: "drift", level: "warning", subject: "schema" },
    message: "Its schema is described otherwise than when the backup was taken.",
    next: "Restore it beside the live one, which tells what differs: holdfast restore <instance> --as <name>.",
  };
}
