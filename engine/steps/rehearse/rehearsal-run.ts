import type { AnalysedMigration } from "../../core/analysed-migration.js";
import { defaultPolicy } from "../../core/migration.js";
import type { Clock, HistoryStore, Progress, SqlParser } from "../../core/ports.js";
import type { RehearsalDatabase, RehearsalPlace } from "../../core/rehearsal/rehearsal-place.js";
import type { Rehearsal } from "./rehearsal.js";

/** What all files of a rehearsal share. */
export interface RehearsalRun {
  readonly place: RehearsalPlace;
  readonly openHistory: () => HistoryStore;
  readonly parser: SqlParser;
  readonly clock: Clock;
  readonly stopwatch: () => number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface ChosenFiles {
  /** Run before, and only looked at where they fail. */
  readonly history: readonly AnalysedMigration[];
  readonly pending: readonly AnalysedMigration[];
  /** Set where the database was there: it holds the history. */
  readonly database: RehearsalDatabase | null;
}

/** Nobody reads the history of a rehearsal; the release has to be one. */
const RELEASE = "0.0.0";

/** A run over a database, with the engine's tables in it. @throws HoldfastError foreign_history, permission_denied */
export async function beginRehearsal(run: RehearsalRun, database: RehearsalDatabase): Promise<Rehearsal> {
  const { place, parser, clock, stopwatch, signal } = run;
  const { session, sessions } = database;
  const history = run.openHistory();
  await history.ensure(session);
  const ctx = {
    ...{ session, sessions, history, parser, clock, signal, release: RELEASE },
    policy: defaultPolicy("dev"),
    progress: () => undefined,
    killPoint: () => undefined,
  };
  return { database, ctx, stopwatch, isThrowAway: place.isThrowAway };
}
