import type { AnalysedMigration } from "../../core/analysed-migration.js";
import { HoldfastError } from "../../core/errors.js";
import { compareCatalogs, type CatalogComparison, type CatalogPicture } from "../../core/rehearsal/compare-catalogs.js";
import { compareData, type DataComparison, type DataPicture } from "../../core/rehearsal/compare-data.js";
import type { RehearsedFile, RehearsedRollback } from "../../core/rehearsal/rehearsal-report.js";
import { rollbackDiffers, rollbackFailed, verifyNotTrue } from "../../core/rehearsal/rollback-faults.js";
import { writtenSince } from "../../core/rehearsal/written-since.js";
import { verifyMigration } from "../verify.js";
import type { ObservedStatement } from "./observe-statement.js";
import { plantRows, type Planted, type PlantedRows } from "./plant-rows.js";
import { readCatalog } from "./read-catalog.js";
import { LARGEST_COMPARED_BYTES, listTables, readData } from "./read-data.js";
import type { Rehearsal } from "./rehearsal.js";
import { observeFile, runFile, runRollback } from "./run-file.js";

/** What the rehearsal of a file leaves behind. */
export interface FileRehearsed {
  readonly file: RehearsedFile;
  /** The database is as after the file; else it must be made anew before another file is rehearsed in it. */
  readonly isThere: boolean;
  /** As it is after the file, where somebody looked. */
  readonly catalog: CatalogPicture | null;
}

export interface FileRehearsal {
  readonly analysed: AnalysedMigration;
  /** Null: rows stay those of the files. */
  readonly planted: Planted | null;
  /** As it is before the file, where somebody has looked. */
  readonly catalog: CatalogPicture | null;
  /** Further sentences for the reader. */
  readonly notes: readonly string[];
}

/**
 * Up, down, up: runs a file, asks its @verify queries, runs its @rollback, compares catalog and rows with before, and runs the
 * file again. What goes wrong with the file itself is part of what is reported.
 * @throws HoldfastError where the file could not run at all; CannotRehearse
 */
export async function rehearseFile(rehearsal: Rehearsal, what: FileRehearsal): Promise<FileRehearsed> {
  const { analysed, planted } = what;
  const before = await takePicture(rehearsal, planted, what.catalog);
  const notes = [...what.notes, ...before.notes];
  const observed: ObservedStatement[] = [];
  await observeFile(rehearsal, analysed, (one) => observed.push(one));
  let up: CatalogPicture | null = null;
  const report = (error: HoldfastError | null, rollback: RehearsedRollback, isThere: boolean): FileRehearsed => ({
    catalog: up,
    file: {
      ...described(analysed),
      ...{ outcome: error === null ? "rehearsed" : "failed", error, reason: null, rollback },
      statements: observed.map(({ statement }) => statement),
      contradictions: observed.flatMap(placedContradictions),
      verify: error?.code !== "verify_failed",
      notes: [...new Set(notes)],
    },
    isThere,
  });
  const untrue = await verify(rehearsal, analysed);
  if (untrue !== null) return report(untrue, noRollback(analysed), true);
  if (analysed.rollback.length === 0) return report(null, noRollback(analysed), true);
  up = await readCatalog(rehearsal.database.watch);
  const failed = await attempt(() => runRollback(rehearsal, analysed));
  if (failed !== null) {
    return report(rollbackFailed(analysed, "the @rollback", failed), differing([]), false);
  }
  const after = await takePicture(rehearsal, null, null);
  const compared = {
    catalog: compareCatalogs(before.catalog, after.catalog),
    data: compareData(before.data, after.data),
  };
  const rollback = judged(compared, writtenSince(up, after.catalog, analysed.rollback));
  notes.push(...notesOn(compared));
  if (rollback.outcome === "differs") return report(rollbackDiffers(analysed, rollback.differences), rollback, false);
  const again = await attempt(() => runFile(rehearsal, analysed));
  if (again !== null) {
    const error = rollbackFailed(analysed, "the file, run again after its @rollback,", again);
    return report(error, rollback, false);
  }
  return report(await verify(rehearsal, analysed), rollback, true);
}

/** What is known of a file without running it. */
export function described({ migration }: Pick<AnalysedMigration, "migration">) {
  const { version, name, path, checksum, phase } = migration;
  return { version, name, path, checksum, phase };
}

/** Of a file whose way back was not tried. */
export function noRollback({ migration }: AnalysedMigration): RehearsedRollback {
  const { rollback } = migration;
  const nothing = { lost: [], lostSince: [], differences: [] };
  if (rollback?.kind === "restore") {
    return { outcome: "only the backup leads back", reason: rollback.reason, ...nothing };
  }
  return { outcome: "none", reason: null, ...nothing };
}

interface Picture {
  readonly catalog: CatalogPicture;
  readonly data: DataPicture;
  readonly notes: readonly string[];
}

const NOTHING_PLANTED: PlantedRows = { hasWritten: false, refused: [] };

async function takePicture(
  { database: { watch } }: Rehearsal,
  planted: Planted | null,
  known: CatalogPicture | null,
): Promise<Picture> {
  const tables = await listTables(watch);
  const data = await readData(watch, tables);
  const { hasWritten, refused } = planted === null ? NOTHING_PLANTED : await plantRows(watch, data, planted);
  const large = tables.filter(({ bytes }) => bytes > LARGEST_COMPARED_BYTES);
  return {
    catalog: known ?? (await readCatalog(watch)),
    data: hasWritten ? await readData(watch, tables) : data,
    notes: [
      ...large.map(({ name }) => `the rows of ${name} were not compared: it is larger than 1 GiB`),
      ...refused.map((name) => `${name} took no row of the rehearsal's own: a loss of its rows would not be seen`),
    ],
  };
}

async function verify({ ctx }: Rehearsal, analysed: AnalysedMigration): Promise<HoldfastError | null> {
  const failed = await attempt(() => verifyMigration(ctx, analysed));
  return failed === null ? null : verifyNotTrue(failed);
}

/** The error that the work ends with, where it is one of the file. */
async function attempt(work: () => Promise<void>): Promise<HoldfastError | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof HoldfastError) return error;
    throw error;
  }
}

interface Compared {
  readonly catalog: CatalogComparison;
  readonly data: DataComparison;
}

function judged({ catalog, data }: Compared, lostSince: RehearsedRollback["lostSince"]): RehearsedRollback {
  const differences = catalog.differences.map(({ object, change }) => `${object} is ${change}`);
  if (differences.length > 0) return { ...differing(differences), lost: data.lost, lostSince };
  const outcome = data.lost.length > 0 ? "loses data" : "restores everything";
  return { outcome, lost: data.lost, lostSince, differences: [], reason: null };
}

function differing(differences: readonly string[]): RehearsedRollback {
  return { outcome: "differs", lost: [], lostSince: [], differences, reason: null };
}

function notesOn({ catalog, data }: Compared): string[] {
  return [
    ...catalog.harmless.map((what) => `after the @rollback ${what}`),
    ...data.left.map((what) => `after the @rollback ${what}`),
  ];
}

function placedContradictions({ statement, contradictions }: ObservedStatement): string[] {
  return contradictions.map((what) => `line ${statement.line}: ${what}`);
}
