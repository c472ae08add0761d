import type { BytePlace } from "../../core/backup-place.js";
import type { CatalogueEntry } from "../../core/catalogue.js";
import { DEFAULT_RETENTION_MS, planRetention } from "../../core/retention.js";
import { expendableWal, isSegment } from "../../core/wal-segments.js";
import { listIn } from "./list-place.js";
import { openPlace, type PlaceStore } from "./place-store.js";
import { manifestKey, ownFiles, walFolder, walListKey } from "./placed-files.js";

export interface PruneRequest {
  readonly place: BytePlace;
  /** Of the cluster whose copies are pruned; those of others stay. */
  readonly newest: CatalogueEntry;
  /** Default: 7 days. */
  readonly retentionMs?: number | undefined;
  readonly now: () => Date;
}

/** What no copy but its own manifest names is left alone. Where a manifest cannot be read, nothing goes: it may need it. */
export async function prunePlace({ place, newest, retentionMs, now }: PruneRequest): Promise<void> {
  const store = await openPlace(place);
  const { manifest } = newest;
  const { entries, faults } = await listIn(store, place, manifest);
  if (faults.length > 0) return;
  const own = entries.filter((entry) => entry.manifest.resourceId === manifest.resourceId);
  const archive = (await store.list(walFolder(manifest))).filter(isSegment);
  const { expendable, wal } = planRetention(own, {
    ...{ now: now(), windowMs: retentionMs ?? DEFAULT_RETENTION_MS, archive },
    // No copy leads anywhere but to its own instant, so gaps are no matter.
    ...{ segmentBytes: SEGMENT_BYTES, busy: new Set<string>() },
  });
  for (const entry of expendable) await removeCopy(store, entry);
  // What a copy under way brings lies behind every kept range, and is never counted as older.
  const gone = expendableWal(archive, wal);
  await store.remove(gone.map((segment) => `${walFolder(manifest)}${segment}`));
}

const SEGMENT_BYTES = 16 * 1024 * 1024;

/** The manifest first: what is half removed is no backup any more. */
async function removeCopy(store: PlaceStore, { manifest }: CatalogueEntry): Promise<void> {
  await store.remove([manifestKey(manifest)]);
  const list = manifest.kind === "point" ? [walListKey(manifest)] : [];
  await store.remove([...list, ...ownFiles(manifest).map(({ key }) => key)]);
}
