import { isBase, type BaseEntry, type LocalEntry } from "./catalogue.js";
import { readLsn } from "./wal-position.js";
import { timelineOf } from "./wal-segments.js";

/** Where a recovery shall end. */
export type RecoveryGoal =
  | { readonly kind: "instant"; readonly at: Date; readonly micros?: number }
  | { readonly kind: "latest" }
  /** Just before this place in the log. */
  | { readonly kind: "lsn"; readonly lsn: string };

/**
 * The newest base backup that lies before the goal; undefined: the goal lies before the oldest.
 *
 * @param entries of one cluster, newest first
 */
export function chooseBase(entries: readonly LocalEntry[], goal: RecoveryGoal): BaseEntry | undefined {
  return entries.filter(isBase).find(({ takenAt, manifest }) => {
    if (goal.kind === "latest") return true;
    if (goal.kind === "instant") return takenAt.getTime() <= goal.at.getTime();
    return readLsn(manifest.wal.stop) <= readLsn(goal.lsn);
  });
}

/** The segment with which the log certainly goes beyond an instant: that of the next backup. Undefined: there is none. */
export function segmentBehind(entries: readonly LocalEntry[], base: BaseEntry, at: Date): string | undefined {
  const timeline = timelineOf(base.manifest.wal.lastSegment);
  const later = entries.filter(
    ({ takenAt, manifest }) => takenAt.getTime() > at.getTime() && timelineOf(manifest.wal.lastSegment) === timeline,
  );
  return later.at(-1)?.manifest.wal.lastSegment;
}

/**
 * What to restore in place of what a damaged segment cut off: the newest backup that does without it, not later than wanted.
 *
 * @param entries of one cluster, newest first
 */
export function nextBest(
  entries: readonly LocalEntry[],
  damage: { readonly segment: string } | { readonly base: string },
  wanted?: Date,
): LocalEntry | undefined {
  const isInTime = ({ takenAt }: LocalEntry) => wanted === undefined || takenAt.getTime() <= wanted.getTime();
  return entries.filter(isInTime).find(({ id, manifest }) => {
    if ("base" in damage) return id !== damage.base && (manifest.kind === "base" || manifest.base !== damage.base);
    return manifest.kind === "base" || manifest.wal.lastSegment < damage.segment;
  });
}
