import type { HoldfastError } from "../errors.js";
import type { LockMode } from "../lock-modes.js";
import type { Phase } from "../migration.js";

/** A lock that a statement took on a relation which was there before its file: the strongest one, where it took several. */
export interface ObservedLock {
  /** `public.users`, as SQL names it; an index only where its table is not locked as strongly. */
  readonly relation: string;
  /** As pg_locks spells it. */
  readonly mode: LockMode;
  /** SHARE or stronger: writers wait for it. */
  readonly isStrong: boolean;
}

/** What the server did for one statement, when it ran for the first time. */
export interface RehearsedStatement {
  /** In the file, from 1. */
  readonly line: number;
  /** In the file, from 1, in characters. */
  readonly column: number;
  /** New in its transaction: what an earlier statement of the file holds already is listed there. */
  readonly locks: readonly ObservedLock[];
  /** Tables and indexes that were written anew as a whole, as SQL names them. */
  readonly rewrites: readonly string[];
  /** Tables that were read from end to end, and would be however large they are. */
  readonly scans: readonly string[];
  readonly durationMs: number;
  /** Rows it wrote or gave, as its command tag says. */
  readonly rows: number;
}

/** Values that are not there any more after a rollback. */
export interface DataLoss {
  /** `public.users` */
  readonly table: string;
  /** Null: whole rows. */
  readonly column: string | null;
  /** How many of the rehearsal's values or rows are gone or changed; null where that is not known. */
  readonly values: number | null;
  /** All that the table or column holds goes. */
  readonly isWhole: boolean;
  /** A sentence without its full stop: `3 values of public.users.name are gone`. */
  readonly what: string;
}

export type RollbackOutcome =
  | "restores everything"
  /** The catalog is as before, rows or values are not: `lost` names them. */
  | "loses data"
  /** The catalog is not as before: `differences` names the objects. Or it could not run at all: `error` says why. */
  | "differs"
  /** `@rollback restore`: `reason` says why. */
  | "only the backup leads back"
  /** The file has no `@rollback`. */
  | "none";

export interface RehearsedRollback {
  readonly outcome: RollbackOutcome;
  /** Of `loses data`: what was there before the file and does not come back. */
  readonly lost: readonly DataLoss[];
  /** What people write after the file has run, and a rollback takes away with what the file made. */
  readonly lostSince: readonly DataLoss[];
  /** Of `differs`: `column public.users.email: added`. */
  readonly differences: readonly string[];
  /** Of `only the backup leads back`. */
  readonly reason: string | null;
}

export interface RehearsedFile {
  readonly version: string;
  /** The file's name. */
  readonly name: string;
  /** The path as a person would name it. */
  readonly path: string;
  /** SHA-256 of the text that was rehearsed. */
  readonly checksum: string;
  readonly phase: Phase;
  readonly outcome: "rehearsed" | "cannot rehearse" | "failed";
  /** Of `cannot rehearse`, as a sentence. */
  readonly reason: string | null;
  /** Of `failed`: a statement, a @verify query or the @rollback did not do what it should. */
  readonly error: HoldfastError | null;
  /** By place in the file; those that ran. */
  readonly statements: readonly RehearsedStatement[];
  /** Every @verify query was true, both times; true where there is none. */
  readonly verify: boolean;
  readonly rollback: RehearsedRollback;
  /** Static claims that the server contradicted, as sentences. */
  readonly contradictions: readonly string[];
  /** What else a reader should know, as sentences. */
  readonly notes: readonly string[];
}

/** What a rehearsal of pending files showed, in the order they would run. */
export interface RehearsalReport {
  /** Where it ran: `embedded PostgreSQL 18`, or the address that was given. */
  readonly server: string;
  /** Earlier files that the database was built from. */
  readonly history: number;
  readonly files: readonly RehearsedFile[];
  readonly durationMs: number;
}

/** Whether anything in it must stop a pull request: files that failed. What cannot be rehearsed is told, and is no failure. */
export function rehearsalFailed(report: RehearsalReport): boolean {
  return report.files.some(({ outcome }) => outcome === "failed");
}
