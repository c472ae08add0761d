import { compareSets } from "./core/compare-sets.js";
import { joinFaults } from "./core/errors.js";
import type { HistoryStore, MigrationSource, Session } from "./core/ports.js";

/**
 * The files that have not run on a database, held ones among them, by order. A look: nothing is locked or changed.
 * @param release of the folder; by default the newest one on the database
 * @throws HoldfastError the faults of the folder, compared with the history
 */
export async function readPending(
  session: Session,
  { source, history }: { readonly source: MigrationSource; readonly history: HistoryStore },
  release?: string,
): Promise<ReadonlySet<bigint>> {
  const [files, state] = [await source.load(), await history.load(session)];
  const compared = compareSets({ ...state, files, release: release ?? state.releases[0]?.version ?? "0.0.0" });
  const fault = joinFaults(compared.faults);
  if (fault !== undefined) throw fault;
  return new Set([...compared.pending, ...compared.held.map(({ file }) => file)].map(({ order }) => order));
}
