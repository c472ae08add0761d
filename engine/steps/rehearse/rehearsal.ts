import type { RunContext } from "../../core/ports.js";
import type { RehearsalDatabase } from "../../core/rehearsal/rehearsal-place.js";

/** What the steps of a rehearsal work with: a database, and a run over its session. */
export interface Rehearsal {
  readonly database: RehearsalDatabase;
  readonly ctx: RunContext;
  /** The database holds nothing but what the files and the rehearsal put there. */
  readonly isThrowAway: boolean;
  /** Milliseconds from some start on, finer than one. */
  readonly stopwatch: () => number;
}
