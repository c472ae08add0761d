import type { HistoryRow } from "./migration.js";

/** The highest version that has run; null where none has. The rows come by order. */
export function schemaVersion(history: readonly HistoryRow[]): string | null {
  return history.filter(({ state }) => RUN.has(state)).at(-1)?.version ?? null;
}

const RUN = new Set<HistoryRow["state"]>(["applied", "unverified", "retired"]);
