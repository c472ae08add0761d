import { HoldfastError } from "../../core/errors.js";
import type { RestoredDatabase, RestoreTarget } from "../../core/restored-database.js";
import type { CloudDatabase, RestoreSource } from "./cloud-database.js";
import type { Snapshot } from "./snapshot-api.js";
import { PENDING_TAG, FINGERPRINT_TAG, SCHEMA_TAG } from "./snapshot-tags.js";

/** What a restore is made of, and what it leads back to. */
export type ChosenRestore = Pick<RestoredDatabase, "backup" | "reachedAt" | "isEnd"> & {
  readonly source: RestoreSource;
  /** For people and tags: the snapshot, or `<identifier>@<instant>`. */
  readonly from: string;
  /** What the snapshot's tags say that it holds. */
  readonly holds: { readonly schemaVersion: string | null; readonly fingerprint: string | null } | null;
};

/**
 * @param snapshots of this very database, complete ones, newest first
 * @param began when the migration of a target `before` began, where that is known
 * @throws HoldfastError invalid_usage where there is no such snapshot; restore_failed where no backup reaches back that far
 */
export function chooseRestore(
  target: RestoreTarget,
  live: CloudDatabase,
  snapshots: readonly Snapshot[],
  began?: Date,
): ChosenRestore {
  switch (target.kind) {
    case "backup":
      return fromSnapshot(findSnapshot(live, snapshots, target.id));
    case "before":
      return began !== undefined && isWithin(live, began)
        ? toInstant(live, wholeSecond(began))
        : fromSnapshot(snapshotBefore(live, snapshots, target.version));
    case "latest":
      return toLatest(live, false);
    case "instant":
      return toInstant(live, target.at);
  }
}

function isWithin({ earliestRestorable, latestRestorable }: CloudDatabase, at: Date): boolean {
  return latestRestorable !== undefined && at <= latestRestorable && !(earliestRestorable && at < earliestRestorable);
}

/** The last one before it: AWS restores to seconds. */
function wholeSecond(at: Date): Date {
  return new Date(Math.floor((at.getTime() - 1) / 1000) * 1000);
}

function findSnapshot(live: CloudDatabase, snapshots: readonly Snapshot[], id: string | undefined): Snapshot {
  const found = id === undefined ? snapshots[0] : snapshots.find((one) => one.id === id);
  if (found !== undefined) return found;
  const what = id === undefined ? "no snapshot" : `no snapshot ${id}`;
  throw new HoldfastError("invalid_usage", `AWS has ${what} of ${live.identifier} that is complete.`, {
    next:
      snapshots.length === 0
        ? "Restore to an instant instead: --to <timestamp>, or --to latest."
        : `Choose one of: ${snapshots.map((one) => one.id).join(", ")}. Or an instant: --to <timestamp>.`,
  });
}

/** The one that the deploy took which ran that migration. */
function snapshotBefore(live: CloudDatabase, snapshots: readonly Snapshot[], version: string): Snapshot {
  const found = snapshots.find(({ tags }) => (tags[PENDING_TAG] ?? "").split(" ").includes(version));
  if (found !== undefined) return found;
  throw new HoldfastError("invalid_usage", `No snapshot of ${live.identifier} was taken before ${version} ran.`, {
    next: "Restore to an instant just before it instead: --to <timestamp>. When it ran: holdfast status, or the history.",
  });
}

function fromSnapshot({ id, takenAt, tags }: Snapshot): ChosenRestore {
  const schema = tags[SCHEMA_TAG];
  const fingerprint = tags[FINGERPRINT_TAG];
  return {
    ...{ source: { snapshot: id }, from: id, backup: id, reachedAt: takenAt ?? null, isEnd: false },
    holds:
      schema === undefined
        ? null
        : { schemaVersion: schema === "none" ? null : schema, fingerprint: fingerprint ?? null },
  };
}

function toLatest(live: CloudDatabase, isEnd: boolean): ChosenRestore {
  const { identifier, latestRestorable } = live;
  if (latestRestorable === undefined) throw notKept(live);
  return {
    ...{ source: { database: identifier, at: undefined }, from: `${identifier}@latest`, backup: null },
    ...{ reachedAt: latestRestorable, isEnd, holds: null },
  };
}

function toInstant(live: CloudDatabase, at: Date): ChosenRestore {
  const { identifier, earliestRestorable: earliest, latestRestorable: latest } = live;
  if (latest === undefined) throw notKept(live);
  if (at > latest) return toLatest(live, true);
  if (earliest !== undefined && at < earliest) {
    throw new HoldfastError(
      "restore_failed",
      `AWS restores ${identifier} to an instant from ${earliest.toISOString()} to ${latest.toISOString()}, and ${at.toISOString()} is earlier.`,
      { next: "Restore a snapshot from before: holdfast backups, then --backup <id>. Nothing was made." },
    );
  }
  const from = `${identifier}@${at.toISOString()}`;
  return { source: { database: identifier, at }, from, backup: null, reachedAt: at, isEnd: false, holds: null };
}

function notKept({ identifier }: CloudDatabase): HoldfastError {
  return new HoldfastError("restore_failed", `AWS cannot restore ${identifier} to an instant: it keeps no backups.`, {
    next: "Its backup retention is 0 days, or it was made a moment ago. Restore a snapshot: --backup <id>.",
  });
}
