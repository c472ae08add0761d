import { readdir, rename, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { DEFAULT_RETENTION_MS, planRetention, type RetentionView } from "../../core/retention.js";
import { isSegment, type WalRange } from "../../core/wal-segments.js";
import { clusterOf } from "../local/instances.js";
import { readPostmaster } from "../local/postmaster.js";
import { stopServer } from "../local/server-process.js";
import { pruneWal } from "./archived-wal.js";
import type { BackupSite } from "./backup-site.js";
import { hideEntry, leftBehind, listCatalogue, segmentsInProgress } from "./catalogue-folder.js";
import { entriesInUse } from "./in-use.js";
import { ledgerOf, trimWalLedger } from "./wal-ledger.js";

type PruneSite = Pick<BackupSite, "instance" | "retentionMs" | "now" | "killPoint">;

/**
 * Removes the backups that are no longer kept, then the archived WAL that none of the kept ones needs, nor one that is being
 * taken, restored or drilled. Where a manifest of the catalogue cannot be read, no WAL goes: it may be needed. Backups of an
 * earlier cluster under the same name stay: they are the only way back to it.
 */
export async function pruneCatalogue(folder: string, site: PruneSite): Promise<void> {
  const { instance, killPoint } = site;
  const { entries, faults } = await listCatalogue(folder);
  const own = entries.filter(({ manifest }) => manifest.resourceId === instance.resourceId);
  const { kept, expendable, wal } = planRetention(own, await lookAround(folder, site));
  const rescued = [];
  for (const entry of expendable) if (!(await remove(folder, entry))) rescued.push(entry);
  killPoint("backup-pruned");
  // A base that was found in use at the last moment needs WAL that was not counted; the next backup prunes.
  if (faults.length > 0 || rescued.length > 0 || kept.length === 0) return;
  const inProgress: WalRange[] = (await segmentsInProgress(folder)).map((first) => ({ first }));
  if ((await pruneWal(instance.walDirectory, [...wal, ...inProgress])) === 0) return;
  await trimWalLedger(ledgerOf(instance), instance.walDirectory);
}

async function lookAround(folder: string, { instance, retentionMs, now }: PruneSite): Promise<RetentionView> {
  const archive = await readdir(instance.walDirectory);
  const segment = archive.find(isSegment);
  return {
    ...{ now: now(), windowMs: retentionMs ?? DEFAULT_RETENTION_MS, archive },
    // Without one there is no way from any base to another, whatever their size.
    segmentBytes: segment === undefined ? 4 * 1024 * 1024 : (await stat(join(instance.walDirectory, segment))).size,
    busy: await entriesInUse(folder),
  };
}

/** @returns false where someone began to read it meanwhile: then it is back in its place */
async function remove(folder: string, entry: { readonly id: string; readonly path: string }): Promise<boolean> {
  const outgoing = await hideEntry(folder, entry);
  if (outgoing === undefined) return true;
  if ((await entriesInUse(folder)).has(entry.id)) {
    await rename(outgoing, entry.path);
    return false;
  }
  await rm(outgoing, { recursive: true, force: true });
  return true;
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
