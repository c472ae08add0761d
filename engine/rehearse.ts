import { analyseMigration } from "./core/analyse-migration.js";
import type { AnalysedMigration } from "./core/analysed-migration.js";
import { HoldfastError, joinFaults } from "./core/errors.js";
import { isVersion, versionOrder } from "./core/migration-name.js";
import type { MigrationFile } from "./core/migration.js";
import type { Clock, HistoryStore, MigrationSource, Progress, SqlParser } from "./core/ports.js";
import { readMigration } from "./core/read-migration.js";
import type { RehearsalPlace } from "./core/rehearsal/rehearsal-place.js";
import type { RehearsalReport } from "./core/rehearsal/rehearsal-report.js";
import { progressOf, signalOf } from "./run-context.js";
import { chooseFiles } from "./steps/rehearse/choose-files.js";
import { rehearseAll } from "./steps/rehearse/rehearse-all.js";

export interface RehearseRequest {
  /**
   * What is still to run, by order; all other files of the folder are the history that the database is built from. Default: all
   * of them. On a database that has a history of its own, that one decides.
   */
  readonly pending?: ReadonlySet<bigint>;
  /** Narrows it to this version and those after it. */
  readonly from?: string;
  readonly progress?: Progress;
  /** Aborted by Ctrl-C: it ends after the file under way. */
  readonly signal?: AbortSignal;
}

/** The ports a rehearsal works through; `engine/index.ts` binds them. */
export interface RehearsalWorld {
  readonly source: MigrationSource;
  readonly openPlace: () => Promise<RehearsalPlace>;
  /** One for each database. */
  readonly openHistory: () => HistoryStore;
  readonly loadParser: () => Promise<SqlParser>;
  readonly clock: Clock;
  /** Milliseconds from some start on. */
  readonly stopwatch: () => number;
}

/**
 * Runs pending files on a throw-away PostgreSQL that is built from the files before them, statement by statement, and tells what
 * the server did: locks, rewrites, scans, times; then asks the @verify queries, runs the @rollback, compares catalog and rows
 * with before, and runs the file again. Nothing of it reaches a database that is in use.
 *
 * @throws HoldfastError what makes a file unreadable; server_not_started, rehearsal_refused, interrupted. What goes wrong with a
 * file that can be read is part of the report.
 */
export async function rehearse(request: RehearseRequest, world: RehearsalWorld): Promise<RehearsalReport> {
  const startedAt = world.stopwatch();
  const files = await world.source.load();
  const parser = await world.loadParser();
  const analysed = analyseAll(files, parser);
  const isPending = pendingIn(files, request);
  const report = { history: 0, files: [], durationMs: 0 };
  if (!files.some(isPending)) return { ...report, server: "none: nothing is pending", history: files.length };
  const place = await world.openPlace();
  const signal = signalOf(request);
  try {
    const run = { ...world, place, parser, signal, progress: progressOf(request) };
    const chosen = await chooseFiles(run, analysed, isPending);
    const rehearsed = await rehearseAll(run, chosen);
    const durationMs = world.stopwatch() - startedAt;
    return { server: place.server, history: chosen.history.length, files: rehearsed, durationMs };
  } finally {
    await place.close();
  }
}

/** @throws HoldfastError invalid_usage for a version that no file has */
function pendingIn(files: readonly MigrationFile[], { pending, from }: RehearseRequest) {
  const first = from !== undefined && isVersion(from) ? versionOrder(from) : undefined;
  if (from !== undefined && !files.some(({ order }) => order === first)) {
    throw new HoldfastError("invalid_usage", `No file of the folder has the version ${from}.`, {
      next: "Name one as its file's name spells it.",
    });
  }
  return (file: MigrationFile): boolean =>
    (pending === undefined || pending.has(file.order)) && (first === undefined || file.order >= first);
}

/** Files that break a rule are rehearsed, too: it shows what they would do. */
function analyseAll(files: readonly MigrationFile[], parser: SqlParser): AnalysedMigration[] {
  const analysed = files.map((file) => analyseMigration(readMigration(file), parser, files));
  const fault = joinFaults(analysed.flatMap(({ faults }) => faults));
  if (fault !== undefined) throw fault;
  return analysed;
}
