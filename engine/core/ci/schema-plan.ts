import type { Execution } from "../analysed-migration.js";
import type { LintFinding } from "../lint/lint-finding.js";
import type { Phase } from "../migration.js";
import type { PendingAction, PendingMember } from "../pending-set.js";

/** What a plan was compared with, to know what is pending. */
export type Comparison =
  /** Only files: all of them count as pending. */
  | { readonly kind: "nothing" }
  /** Files of the branch a change goes into count as applied. */
  | { readonly kind: "base"; readonly ref: string }
  /** The stack was never deployed. */
  | { readonly kind: "first-deploy" }
  /** What the stack's last deploy found applied. `at`: when that was, ISO 8601; null where it is not told. */
  | { readonly kind: "deploy"; readonly at: string | null }
  /** The database itself. `at`: ISO 8601. */
  | { readonly kind: "database"; readonly at: string };

/** A file that would run. */
export interface FileToRun {
  readonly version: string;
  readonly name: string;
  /** As a person names it: the folder and the name. */
  readonly path: string;
  readonly phase: Phase;
  readonly action: Exclude<PendingAction, "hold">;
  readonly checksum: string;
  readonly execution: Execution;
  /** Line of the first statement, from 1. */
  readonly line: number;
  /** Tables that are locked in SHARE mode or stronger, as far as the statements show. */
  readonly locks: readonly string[];
  /** Some of its statements do not show what they lock. */
  readonly isOpaque: boolean;
}

/** A file that waits. */
export interface HeldFile {
  readonly version: string;
  readonly name: string;
  readonly path: string;
  readonly checksum: string;
  /** One sentence. */
  readonly reason: string;
  /** ISO 8601; null where no date is known. */
  readonly dueAt: string | null;
  /** Who approved it; null where nobody did. */
  readonly approver: string | null;
}

/** Whether the release that runs now can go on beside the new schema. `none`: there is none yet. */
export interface OldRelease {
  readonly works: "yes" | "no" | "unknown" | "none";
  /** Why not, a sentence each. */
  readonly because: readonly string[];
}

/** What a deploy does to the schema, as reviewers read it; the same for a preview, `plan` and `ci`. */
export interface SchemaPlan {
  readonly comparedWith: Comparison;
  readonly release: string;
  readonly pending: readonly FileToRun[];
  readonly held: readonly HeldFile[];
  /** The database holds what only newer releases bring: nothing would run. */
  readonly isAhead: boolean;
  readonly pendingSet: readonly PendingMember[];
  readonly digest: string;
  readonly oldRelease: OldRelease;
}

/**
 * The release that runs now goes on when nothing that would run takes something away from it. A contract does not: it runs in a
 * later release than its expand, when nothing uses what it drops any more.
 *
 * @param breaking findings, in files that would run, that say what fails
 */
export function judgeOldRelease(
  comparedWith: Comparison,
  pending: readonly Pick<FileToRun, "path" | "name" | "phase" | "action">[],
  breaking: readonly LintFinding[],
): OldRelease {
  if (comparedWith.kind === "first-deploy") return { works: "none", because: [] };
  const paths = new Set(pending.map(({ path }) => path));
  const because = [
    ...breaking.filter(({ file }) => paths.has(file)).map(({ file, line, message }) => `${file}:${line}: ${message}`),
    // Decided against a history, a contract that may not run yet is held; one that would simply run has no expand behind it.
    ...pending
      .filter(({ phase, action }) => phase === "contract" && action === "run")
      .map(({ name }) => `${name} is a contract, and what it completes is not out yet.`),
  ];
  if (because.length > 0 && comparedWith.kind !== "nothing") return { works: "no", because };
  return { works: comparedWith.kind === "nothing" ? "unknown" : "yes", because: [] };
}
