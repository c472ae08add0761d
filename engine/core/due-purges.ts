import { compareReleases } from "./compare-releases.js";
import type { HistoryRow } from "./migration.js";

/**
 * Retired contracts whose time has come: the soak is over, and this is the deploy of a later release than the one that retired
 * them, so that running a deploy again never purges what it has just retired.
 */
export function duePurges(history: readonly HistoryRow[], now: Date, release: string): HistoryRow[] {
  return history.filter(
    (row) =>
      row.state === "retired" &&
      (row.dueAt === null || row.dueAt <= now) &&
      (row.release === null || compareReleases(release, row.release) > 0),
  );
}
