import { isBase, isLocal, isPoint, lastProven, newestFirst, type BaseEntry, type CatalogueEntry } from "./catalogue.js";
import { segmentsBetween, type WalRange } from "./wal-segments.js";

const DAY_MS = 24 * 60 * 60 * 1000;

/** Back to any instant of the last seven days. */
export const DEFAULT_RETENTION_MS = 7 * DAY_MS;

/** The newest ones are kept, however old. */
export const KEPT_BACKUPS = 5;
/** The newest one of each is kept. */
const KEPT_WEEKS = 4;
const KEPT_MONTHS = 3;

/** What decides beside the backups themselves. */
export interface RetentionView {
  readonly now: Date;
  /** Any instant of this long back can be restored, in milliseconds; a restore point counts on a day at least. */
  readonly windowMs: number;
  /** Names in the WAL archive. */
  readonly archive: readonly string[];
  /** The cluster's `wal_segment_size` */
  readonly segmentBytes: number;
  /** Backups that are being restored or drilled now, by id: they stay, with all WAL since. */
  readonly busy: ReadonlySet<string>;
}

export interface Retention {
  /** Newest first. */
  readonly kept: readonly CatalogueEntry[];
  readonly expendable: readonly CatalogueEntry[];
  /** The archived WAL that the kept ones need. */
  readonly wal: readonly WalRange[];
}

/**
 * What of the backups of one cluster is kept, by count, age and tier: all that leads back to any instant of the window; the
 * newest of each day of the window, of each of the last four weeks and three months (calendar's, UTC; weeks begin on Monday);
 * the newest five. Never given up: what the last migration, or anything destroyed, relied on, and the one proven last of each
 * kind. With a restore point goes its base.
 *
 * @param entries of one cluster
 */
export function planRetention(entries: readonly CatalogueEntry[], view: RetentionView): Retention {
  const all = newestFirst(entries);
  const since = windowStart(view);
  const chosen = new Set([
    ...all.slice(0, KEPT_BACKUPS),
    ...basesOfWindow(all.filter(isBase), since, view),
    ...newestOfEach(all, (at) => (at < since ? undefined : dayOf(at))),
    ...newestOfEach(all, (at) => within(KEPT_WEEKS, weekOf(at), weekOf(view.now))),
    ...newestOfEach(all, (at) => within(KEPT_MONTHS, monthOf(at), monthOf(view.now))),
    ...neverPruned(all),
    ...all.filter(({ id }) => view.busy.has(id)),
  ]);
  const bases = new Set([...chosen].filter(isPoint).map(({ manifest }) => manifest.base));
  const isKept = (entry: CatalogueEntry) => chosen.has(entry) || bases.has(entry.id);
  const kept = all.filter(isKept);
  return { kept, expendable: all.filter((entry) => !isKept(entry)), wal: neededWal(kept, view) };
}

/** A restore point may be made on any base of the last day. */
function windowStart({ now, windowMs }: RetentionView): Date {
  return new Date(now.getTime() - Math.max(windowMs, DAY_MS));
}

/**
 * The newest base from before the window, from which the WAL leads to any instant of it; where the WAL has a gap, also the
 * first base after it.
 */
function basesOfWindow(newestToOldest: readonly BaseEntry[], since: Date, view: RetentionView): BaseEntry[] {
  const anchor = anchorOf(newestToOldest, since);
  if (anchor === undefined) return [];
  const archived = new Set(view.archive);
  const follow = newestToOldest.slice(0, newestToOldest.indexOf(anchor) + 1).toReversed();
  const isBehindGap = ({ manifest }: BaseEntry, index: number) => {
    const before = follow[index - 1] ?? anchor;
    const way = segmentsBetween(before.manifest.wal.lastSegment, manifest.wal.firstSegment, view.segmentBytes);
    return !way.every((segment) => archived.has(segment));
  };
  return follow.filter((base, index) => index === 0 || isBehindGap(base, index));
}

function anchorOf(newestToOldest: readonly BaseEntry[], since: Date): BaseEntry | undefined {
  return newestToOldest.find(({ takenAt }) => takenAt <= since) ?? newestToOldest.at(-1);
}

function neverPruned(all: readonly CatalogueEntry[]): CatalogueEntry[] {
  const beforeLastMigration = all.find(({ manifest }) => manifest.pendingVersions.length > 0);
  const proven = (["base", "point", "dump", "snapshot"] as const).map((kind) =>
    lastProven(all.filter((entry) => entry.kind === kind)),
  );
  const reliedOn = all.filter(({ manifest }) => manifest.contracts.length > 0);
  return [beforeLastMigration, ...proven, ...reliedOn].filter((entry) => entry !== undefined);
}

/** @param periodOf undefined: none that counts */
function newestOfEach(
  newestToOldest: readonly CatalogueEntry[],
  periodOf: (at: Date) => number | undefined,
): CatalogueEntry[] {
  const newest = new Map<number, CatalogueEntry>();
  for (const entry of newestToOldest) {
    const period = periodOf(entry.takenAt);
    if (period !== undefined && !newest.has(period)) newest.set(period, entry);
  }
  return [...newest.values()];
}

/** The period, where it is one of the last ones. */
function within(periods: number, period: number, present: number): number | undefined {
  return present - period < periods ? period : undefined;
}

function dayOf(at: Date): number {
  return Math.floor(at.getTime() / DAY_MS);
}

/** The epoch began on a Thursday. */
function weekOf(at: Date): number {
  return Math.floor((dayOf(at) + 3) / 7);
}

function monthOf(at: Date): number {
  return at.getUTCFullYear() * 12 + at.getUTCMonth();
}

/**
 * From the window's anchor on all of it; of what is older, a base's own and what leads from it to its points. A point's own
 * begins where its base's ends.
 */
function neededWal(kept: readonly CatalogueEntry[], view: RetentionView): WalRange[] {
  const anchor = anchorOf(kept.filter(isBase), windowStart(view));
  const open = [anchor, ...kept.filter(({ id }) => view.busy.has(id))].filter((entry) => entry !== undefined);
  return [...open.flatMap(ownWal).map(({ first }) => ({ first })), ...kept.flatMap(ownWal)];
}

function ownWal(entry: CatalogueEntry): WalRange[] {
  if (!isLocal(entry)) return [];
  const { firstSegment: first, lastSegment: last } = entry.manifest.wal;
  return [{ first, last }];
}
