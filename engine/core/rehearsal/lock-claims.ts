import { modeAsSql, type LockMode } from "../lock-modes.js";
import { isStrong, isStronger, type Probe } from "./probe.js";

/** What somebody who only read a statement says of one relation. */
export interface LockClaim {
  /** Who says so: the engine, or a rule by its id. */
  readonly by: string;
  readonly oid: string;
  /** The strongest lock it expects there. */
  readonly mode: LockMode;
  /** It says that the lock is taken; else only that nothing stronger is. */
  readonly isCertain: boolean;
}

/** One statement: what was said of it, and what the server did. */
export interface ClaimedStatement {
  /** Before the file. */
  readonly old: Probe["relations"];
  readonly before: Probe;
  readonly after: Probe;
  readonly claims: readonly LockClaim[];
  /** It runs code that it does not show: more may be locked than anyone could claim. */
  readonly isOpaque: boolean;
}

/** Claims the server contradicted, as sentences; `claims` must hold everything that is expected to be locked strongly. */
export function contradictions({ old, before, after, claims, isOpaque }: ClaimedStatement): string[] {
  const found: string[] = [];
  for (const [oid, mode] of after.locks) {
    const relation = old.get(oid);
    // What belongs to a table, an index or its sequence, is locked with it.
    if (relation === undefined || relation.onTable !== null || relation.kind === "S" || !isStrong(mode)) continue;
    if (!isStronger(mode, before.locks.get(oid)) || isOpaque) continue;
    const expected = claims.filter((claim) => claim.oid === oid);
    if (expected.length === 0)
      found.push(`the server locked ${relation.name} ${modeAsSql(mode)}, which ${ENGINE} did not expect`);
    for (const claim of expected.filter((one) => isStronger(mode, one.mode))) {
      found.push(
        `the server locked ${relation.name} ${modeAsSql(mode)}; ${claim.by} expected no more than ${modeAsSql(claim.mode)}`,
      );
    }
  }
  for (const { by, oid } of claims.filter((claim) => claim.isCertain)) {
    const relation = old.get(oid);
    const held = after.locks.get(oid);
    if (relation === undefined || (held !== undefined && isStrong(held))) continue;
    found.push(
      `${by} expected a lock on ${relation.name} that stops writers; the server took ${held === undefined ? "none" : modeAsSql(held)}`,
    );
  }
  return found;
}

/** The engine's own reading of a statement (core/statement-locks.ts). */
export const ENGINE = "Holdfast";
