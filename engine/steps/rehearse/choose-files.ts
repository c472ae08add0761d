import type { AnalysedMigration } from "../../core/analysed-migration.js";
import { compareSets } from "../../core/compare-sets.js";
import { joinFaults } from "../../core/errors.js";
import type { MigrationFile } from "../../core/migration.js";
import type { ChosenFiles, RehearsalRun } from "./rehearsal-run.js";

/**
 * Which files are rehearsed, and which ones the database is built from. A database that was there has a history of its own, or
 * is empty.
 * @throws HoldfastError the faults of its history, compared with the folder
 */
export async function chooseFiles(
  run: RehearsalRun,
  files: readonly AnalysedMigration[],
  isPending: (file: MigrationFile) => boolean,
): Promise<ChosenFiles> {
  const history = files.filter(({ migration }) => !isPending(migration));
  const pending = files.filter(({ migration }) => isPending(migration));
  if (run.place.isThrowAway) return { history, pending, database: null };
  const database = await run.place.openDatabase();
  const state = await run.openHistory().load(database.session);
  if (state.history.length === 0) return { history, pending, database };
  const compared = compareSets({
    files: files.map(({ migration }) => migration),
    history: state.history,
    releases: state.releases,
    release: state.releases[0]?.version ?? "0.0.0",
  });
  const fault = joinFaults(compared.faults);
  if (fault !== undefined) throw fault;
  const waiting = new Set([...compared.pending, ...compared.held.map(({ file }) => file)].map(({ order }) => order));
  return { history: [], pending: files.filter(({ migration }) => waiting.has(migration.order)), database };
}
