import { isBase, newestFirst, type BaseEntry } from "../../core/catalogue.js";
import { HoldfastError } from "../../core/errors.js";
import { timelineOf } from "../../core/wal-segments.js";
import { findMissing } from "./archived-wal.js";
import type { BackupSite } from "./backup-site.js";
import { catalogueFolder, listCatalogue } from "./catalogue-folder.js";
import { verifyBytes } from "./extract-backup.js";
import type { ServerFacts } from "./server-facts.js";
import { damagedSegments, ledgerOf, readWalLedger } from "./wal-ledger.js";

/** A restore replays all WAL since the base: longer than a day's would make it slow. */
const FRESH_MS = 24 * 60 * 60 * 1000;

/** The newest base backup of this very cluster, where it is of the last 24 hours; its bytes are there. */
export async function findFreshBase({ instance, now }: BackupSite): Promise<BaseEntry | undefined> {
  const { entries } = await listCatalogue(catalogueFolder({ ...instance, instance: instance.name }));
  const own = entries.filter(isBase).filter(({ manifest }) => manifest.resourceId === instance.resourceId);
  const [newest] = newestFirst(own);
  if (newest === undefined) return undefined;
  const age = now().getTime() - newest.takenAt.getTime();
  // One from the future: the clock was set back, and nothing is known of its age.
  return age >= 0 && age < FRESH_MS ? newest : undefined;
}

/**
 * Why the WAL since the base may not lead to the present, as a clause; undefined: it does, as far as the server knows.
 *
 * With archive_mode and wal_level changed for a while a part of the changes would not be in it. Both take a restart, so a
 * server that has run without a break since the base has had neither.
 */
export function whyNotOnBase({ id, takenAt, manifest }: BaseEntry, server: ServerFacts): string | undefined {
  if (manifest.server.systemIdentifier !== server.systemIdentifier) return `backup ${id} is of another cluster`;
  if (timelineOf(manifest.wal.lastSegment) !== server.timeline) return `backup ${id} is of an earlier timeline`;
  if (server.startedAt >= takenAt) return `the server was started since backup ${id}`;
  if (server.statisticsSince >= takenAt) return `the server recovered from a crash since backup ${id}`;
  return undefined;
}

interface Way {
  readonly base: BaseEntry;
  /** From the base's last one to the mark. */
  readonly segments: readonly string[];
  readonly server: ServerFacts;
  /** Reads every byte; else sizes are compared. */
  readonly isRead: boolean;
}

/** What of the way from the base to the mark is missing or damaged, as a clause; undefined: nothing. */
export async function whyWalLeadsNowhere(
  { instance }: BackupSite,
  { base, segments, server, isRead }: Way,
): Promise<string | undefined> {
  const missing = await findMissing(instance.walDirectory, segments, server.segmentBytes);
  if (missing.length > 0) return `WAL since backup ${base.id} is missing in the archive (${list(missing)})`;
  try {
    const ledger = await readWalLedger(ledgerOf(instance));
    if (!isRead) return undefined;
    const damaged = await damagedSegments(ledger, instance.walDirectory, segments);
    if (damaged.length > 0) return `WAL since backup ${base.id} was changed in the archive (${list(damaged)})`;
    await verifyBytes(base);
    return undefined;
  } catch (error) {
    if (error instanceof HoldfastError) return error.message.replace(/\.$/, "");
    throw error;
  }
}

function list([first = "", ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}
