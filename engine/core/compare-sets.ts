import { compareReleases } from "./compare-releases.js";
import type { HoldfastError } from "./errors.js";
import type { HistoryRow, MigrationFile, SystemVersion } from "./migration.js";
import { versionOrder } from "./migration-name.js";
import {
  checksumMismatch,
  migrationMissing,
  migrationRenamed,
  outOfOrder,
  pendingBehindNewer,
  releaseTooOld,
} from "./set-faults.js";

export interface SetInput {
  /** The folder, in any order. */
  readonly files: readonly MigrationFile[];
  readonly history: readonly HistoryRow[];
  /** Releases recorded on the database, newest first. */
  readonly releases: readonly SystemVersion[];
  /** The release being deployed. */
  readonly release: string;
}

/** A history row and its file in this folder. */
export interface KnownMigration {
  readonly row: HistoryRow;
  readonly file: MigrationFile;
}

/** What a folder and a history say about each other. All lists by order. */
export interface SetComparison {
  /** To be run: new files, half-run ones (state `started`) and rolled back ones. Empty where `isAhead`. */
  readonly pending: readonly MigrationFile[];
  /** Applied, their verify queries not yet true: verified before anything else runs. */
  readonly unverified: readonly KnownMigration[];
  /** Not run yet on purpose; the file may have changed since, which voids its approval. */
  readonly held: readonly KnownMigration[];
  /** Retired, to be purged when due; the file may be a newer release's. */
  readonly retired: readonly HistoryRow[];
  /** The database holds what only newer releases bring: nothing runs, and that is no error. */
  readonly isAhead: boolean;
  /** Rows that newer releases applied and this folder lacks. */
  readonly newerRows: readonly HistoryRow[];
  /** checksum_mismatch, migration_missing, migration_renamed, out_of_order, release_too_old. */
  readonly faults: readonly HoldfastError[];
}

/**
 * Compares sets, never a high-water mark: a version runs once, an applied file never changes, and a file merged late is
 * refused. A folder that lacks only what newer releases applied is an older release deployed again.
 */
export function compareSets({ files, history, releases, release }: SetInput): SetComparison {
  const folder = new Map(byOrder(files).map((file) => [file.order, file]));
  const rows = byOrder(history);
  const known = new Map(rows.map((row) => [row.order, row]));
  const absent = rows.filter((row) => hasRun(row) && !folder.has(row.order));
  const newerRows = absent.filter((row) => row.release !== null && compareReleases(row.release, release) > 0);
  const isAhead = newerRows.length > 0;
  const pending = [...folder.values()].filter((file) => isPending(known.get(file.order)));
  const newFiles = pending.filter((file) => !known.has(file.order));
  const faults = [
    ...absenceFaults(
      absent.filter((row) => !newerRows.includes(row)),
      newFiles,
    ),
    ...editFaults(rows, folder),
    ...orderFaults(newFiles, rows),
    ...aheadFaults({ newerRows, newFiles, rows, folder, release, databaseRelease: releases[0]?.version }),
  ];
  const inState = (state: HistoryRow["state"]): KnownMigration[] =>
    rows.filter((row) => row.state === state).flatMap((row) => pairOf(row, folder));
  return {
    pending: isAhead ? [] : pending,
    unverified: inState("unverified"),
    held: inState("held"),
    retired: rows.filter(({ state }) => state === "retired"),
    isAhead,
    newerRows,
    faults,
  };
}

function byOrder<T extends { readonly order: bigint }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => (a.order < b.order ? -1 : Number(a.order > b.order)));
}

/** Whether any of it has reached the database for good. */
function hasRun({ state }: HistoryRow): boolean {
  return state === "applied" || state === "unverified" || state === "retired" || state === "started";
}

function isPending(row: HistoryRow | undefined): boolean {
  return row === undefined || row.state === "started" || row.state === "rolled back";
}

function pairOf(row: HistoryRow, folder: ReadonlyMap<bigint, MigrationFile>): KnownMigration[] {
  const file = folder.get(row.order);
  return file === undefined ? [] : [{ row, file }];
}

/** A row without its file: renamed where a new file has the very same text, missing otherwise. */
function absenceFaults(absent: readonly HistoryRow[], newFiles: readonly MigrationFile[]): HoldfastError[] {
  return absent.map((row) => {
    const twin = newFiles.find(({ checksum }) => checksum === row.checksum);
    return twin === undefined ? migrationMissing(row) : migrationRenamed(row, twin);
  });
}

function editFaults(rows: readonly HistoryRow[], folder: ReadonlyMap<bigint, MigrationFile>): HoldfastError[] {
  return rows.flatMap((row) => {
    const file = folder.get(row.order);
    // Without a checksum another system wrote the row, before Holdfast took its table over.
    if (file === undefined || row.checksum === null || !hasRun(row)) return [];
    const isRenamed = file.version !== row.version || file.description !== row.description;
    // A half-run file may be mended behind its last finished statement; its journal is compared when it is resumed.
    const isEdited = file.checksum !== row.checksum && row.state !== "started";
    return [...(isRenamed ? [migrationRenamed(row, file)] : []), ...(isEdited ? [checksumMismatch(row, file)] : [])];
  });
}

/** Late files: lower than one that has run. A held one was recorded in time, so it is never late. */
function orderFaults(newFiles: readonly MigrationFile[], rows: readonly HistoryRow[]): HoldfastError[] {
  const last = rows.filter(hasRun).at(-1);
  if (last === undefined) return [];
  return newFiles.filter(({ order }) => order < last.order).map((file) => outOfOrder(file, last));
}

interface AheadInput {
  readonly newerRows: readonly HistoryRow[];
  readonly newFiles: readonly MigrationFile[];
  readonly rows: readonly HistoryRow[];
  readonly folder: ReadonlyMap<bigint, MigrationFile>;
  readonly release: string;
  readonly databaseRelease: string | undefined;
}

function aheadFaults(input: AheadInput): HoldfastError[] {
  const { newerRows, newFiles, rows, folder, release, databaseRelease } = input;
  const newest = newerRows.at(-1);
  if (newest === undefined) return [];
  const tooOld = newerRows.flatMap((contract) => {
    const needed = neededBy(contract, rows, folder);
    return needed === undefined ? [] : [releaseTooOld({ contract, needed, release, databaseRelease })];
  });
  const late = newFiles.filter(({ order }) => order > newest.order).map((file) => pendingBehindNewer(file, newest));
  return [...tooOld, ...late];
}

/**
 * The expand that an applied contract closes, or a switch between the two, where the folder lacks it: without it the
 * release still lives on what the contract removed.
 */
function neededBy(
  contract: HistoryRow,
  rows: readonly HistoryRow[],
  folder: ReadonlyMap<bigint, MigrationFile>,
): HistoryRow | undefined {
  if (contract.phase !== "contract" || contract.closes === null) return undefined;
  const expand = rows.find(({ version }) => sameVersion(version, contract.closes));
  if (expand === undefined) return undefined;
  const isBetween = ({ order, phase }: HistoryRow): boolean =>
    phase === "switch" && order > expand.order && order < contract.order;
  return rows.find((row) => (row === expand || isBetween(row)) && !folder.has(row.order));
}

function sameVersion(version: string, closes: string | null): boolean {
  return closes !== null && versionOrder(version) === versionOrder(closes);
}
