import type { AnalysedMigration } from "./analysed-migration.js";
import { versionOrder } from "./migration-name.js";
import { checksumOf } from "./normalise-text.js";

/**
 * What a deploy does with a file that is pending: `run` it, `retire` what a contract drops, or `hold` it. A half-run file that
 * goes on runs; a contract on an empty database does, too.
 */
export type PendingAction = "run" | "retire" | "hold";

/** One member of the set that people review and a deploy then does. */
export interface PendingMember {
  readonly version: string;
  readonly checksum: string;
  readonly action: PendingAction;
}

/**
 * @param decision as decideContracts says; undefined where nothing was decided, so that everything runs
 */
export function pendingMember(
  { migration: { version, checksum }, execution }: AnalysedMigration,
  decision: { readonly decision: "run" | "hold" | "refuse"; readonly purgeAtOnce: boolean } | undefined,
): PendingMember {
  if (decision?.decision === "hold") return { version, checksum, action: "hold" };
  const isRetired = execution === "contract" && decision !== undefined && !decision.purgeAtOnce;
  return { version, checksum, action: isRetired ? "retire" : "run" };
}

/**
 * The plan digest: SHA-256, in lower-case hex, of a line `version checksum action` for each member, by version. The same wherever
 * the same files would do the same; of no file too. Verifying again and purging what an earlier contract retired are no part of
 * it: they follow from plans that were reviewed before.
 */
export function planDigest(members: readonly PendingMember[]): string {
  const lines = inOrder(members).map(({ version, checksum, action }) => `${version} ${checksum} ${action}\n`);
  return checksumOf(lines.join(""));
}

export function inOrder<T extends { readonly version: string }>(members: readonly T[]): T[] {
  return members.toSorted((a, b) => {
    const [one, other] = [versionOrder(a.version), versionOrder(b.version)];
    return one < other ? -1 : Number(one > other);
  });
}
