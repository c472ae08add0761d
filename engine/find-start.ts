import type { DatabaseState, HistoryStore, Session } from "./core/ports.js";
import type { MigrateRequest } from "./core/run.js";
import { emptyHistory } from "./refusals.js";

/** More than an error names. */
const TABLES_LOOKED_AT = 6;
/** What an interrupted run found on its start counts for the run that continues it, while nobody can have used the database much. */
const CONTINUED_FOR_MS = 60 * 60_000;

/**
 * Whether the run starts on an empty database: no history and no table of the application. A run that continues one of the
 * same release, which was interrupted within the last hour, starts where that one did.
 * @throws HoldfastError history_without_tables, foreign_history where the history is empty beside tables
 */
export async function isEmptyStart(
  session: Session,
  history: HistoryStore,
  state: DatabaseState,
  { request, now }: { readonly request: MigrateRequest; readonly now: Date },
): Promise<boolean> {
  if (state.history.length > 0) {
    const { interruptedRun: run } = state;
    const isRecent = run !== null && now.getTime() - run.startedAt.getTime() < CONTINUED_FOR_MS;
    return isRecent && run.release === request.release && run.isEmptyStart;
  }
  const tables = await history.listUserTables(session, TABLES_LOOKED_AT);
  if (tables.length > 0) throw emptyHistory(state, tables);
  return true;
}
