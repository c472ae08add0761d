import type { Phase } from "../migration.js";
import type { JudgedStatement } from "../lint/rule.js";

/** A file that a fix adds behind the folder's last one. */
export interface FixStep {
  readonly phase: Phase;
  readonly why: string;
  /** What its name says: `index orders note`. */
  readonly description: string;
  /** Statements, each with its semicolon. */
  readonly body: string;
  /** Of a backfill: `table=orders key=id`. */
  readonly batch?: string;
  readonly verify?: string;
  /** SQL, each statement with its semicolon; `restore <reason>` where only the backup leads back. */
  readonly rollback?: string;
}

/** The safe sequence for one statement. */
export interface StatementFix {
  /** What stays of it in its own file; unset: nothing. */
  readonly inPlace?: string;
  /** How what stays is undone. */
  readonly inPlaceRollback?: string;
  readonly later: readonly FixStep[];
}

/** Makes the safe sequence, or says why nobody but a person can, as the end of a sentence. */
export type Fixer = (statement: JudgedStatement) => StatementFix | string;
