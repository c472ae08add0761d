import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { expendableBackups, isBase } from "../../core/catalogue.js";
import { oldestSegment } from "../../core/wal-segments.js";
import type { LocalInstance } from "../local/instance-file.js";
import { clusterOf } from "../local/instances.js";
import { readPostmaster } from "../local/postmaster.js";
import { stopServer } from "../local/server-process.js";
import { pruneWal } from "./archived-wal.js";
import { leftBehind, listCatalogue, removeEntry, segmentsInProgress } from "./catalogue-folder.js";

/**
 * Removes the backups that are no longer kept, then the archived WAL that none of the kept ones needs, nor one that is being
 * taken. Where a manifest of the catalogue cannot be read, no WAL goes: it may be needed.
 */
export async function pruneCatalogue(folder: string, instance: LocalInstance): Promise<void> {
  const listing = await listCatalogue(folder);
  const expendable = expendableBackups(listing.entries, instance.resourceId);
  for (const entry of expendable) await removeEntry(folder, entry);
  if (listing.faults.length > 0) return;
  const kept = listing.entries.filter(
    (entry) => entry.manifest.resourceId === instance.resourceId && !expendable.includes(entry),
  );
  const needed = [
    ...kept.filter(isBase).map(({ manifest }) => manifest.wal.firstSegment),
    ...(await segmentsInProgress(folder)),
  ];
  const oldest = oldestSegment(needed);
  if (oldest !== undefined) await pruneWal(instance.walDirectory, oldest);
}

/** Removes what processes that were killed left: half-written backups, and drills with their servers. */
export async function clearLeftovers(folder: string, root: string): Promise<void> {
  for (const path of await leftBehind(folder)) {
    if (basename(path).startsWith(".drill-")) await stopDrill(root, join(path, "data"));
    await rm(path, { recursive: true, force: true });
  }
}

async function stopDrill(root: string, dataDirectory: string): Promise<void> {
  if ((await readPostmaster(dataDirectory)) === undefined) return;
  await stopServer(await clusterOf({ root, dataDirectory }));
}
