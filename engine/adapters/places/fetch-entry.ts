import { chown, mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { BytePlace } from "../../core/backup-place.js";
import type { BackupManifest, PointManifest } from "../../core/backup-manifest.js";
import { HoldfastError } from "../../core/errors.js";
import type { Progress } from "../../core/ports.js";
import { catalogueFolder, damaged, makeWorkFolder, readEntry, type CatalogueName } from "../backup/catalogue-folder.js";
import { findCluster } from "../backup/find-cluster.js";
import { fetchedWalFolder } from "../backup/fetched-wal.js";
import { refuseWithoutRoom } from "../backup/free-space.js";
import { clearLeftovers } from "../backup/prune-catalogue.js";
import { syncFolder, writeDurably } from "../local/instance-file.js";
import { makeFolder } from "../local/data-root.js";
import { serverUser } from "../local/server-user.js";
import { manifestIn, readWalList, watch } from "./copy-entry.js";
import { noteCopy } from "./noted-copies.js";
import { openPlace, type PlaceStore, type Watched } from "./place-store.js";
import { manifestKey, ownFiles, walListKey, walMissing, type BackupFile } from "./placed-files.js";

export interface FetchRequest {
  readonly name: CatalogueName;
  readonly place: BytePlace;
  readonly id: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/**
 * Brings a backup from a place into the catalogue of this machine, with what it stands on. Every byte is compared before it is
 * in the catalogue. One that is here already is left as it is.
 *
 * @throws HoldfastError backup_damaged, restore_failed (no room), invalid_usage (no such backup), interrupted
 */
export async function fetchEntry(request: FetchRequest): Promise<void> {
  const { name, place, id, signal } = request;
  try {
    const store = await openPlace(place);
    await clearLeftovers(catalogueFolder(name), name.root);
    const manifest = await fetchWhole(request, store, id);
    if (manifest.kind === "point") await fetchWal(request, store, manifest);
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new HoldfastError("interrupted", `Fetching ${id} from ${place.name} was interrupted; nothing was kept.`, {
      next: "Run again.",
    });
  }
}

async function fetchWhole(request: FetchRequest, store: PlaceStore, id: string): Promise<BackupManifest> {
  const { name, place } = request;
  const found = await manifestIn(store, place, manifestKey({ ...name, id }));
  if (found === undefined) throw noSuchBackup(request, id);
  const { manifest, text } = found;
  refuseForeign(request, id, manifest);
  if (manifest.kind === "point") await fetchWhole(request, store, manifest.base);
  const folder = catalogueFolder(name);
  const path = join(folder, id);
  if (await isThere(path)) return manifest;
  const draft = await makeWorkFolder(folder, "new");
  try {
    await fetchFiles(request, store, { manifest, draft });
    await writeDurably(join(draft, "manifest.json"), text, 0o600);
    await noteCopy(draft, { place: place.name, copiedAt: manifest.takenAt });
    await rename(draft, path);
    await syncFolder(folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  if ((await readEntry(path)) === undefined) throw damaged(`Backup ${id} is no longer in ${path}.`);
  return manifest;
}

/** Its digest says that the manifest is whole, not that it lies in its own place. */
function refuseForeign({ name, place }: FetchRequest, id: string, manifest: BackupManifest): void {
  const isOwn = manifest.id === id && manifest.instance === name.instance && manifest.project === name.project;
  const isPlain = ownFiles(manifest).every(({ name: file }) => /^(?:dump\/)?[\w-][\w.-]*$/.test(file));
  if (isOwn && isPlain) return;
  throw damaged(`${place.name}/${manifestKey({ ...name, id })} is the manifest of another backup.`);
}

async function fetchFiles(
  request: FetchRequest,
  store: PlaceStore,
  { manifest, draft }: { readonly manifest: BackupManifest; readonly draft: string },
): Promise<void> {
  const files = ownFiles(manifest);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  await refuseWithoutRoom("restore_failed", draft, total);
  if (total > 0) request.progress({ kind: "note", message: `Fetching ${manifest.id} from ${request.place.name} …` });
  const watched = watch(request, total);
  for (const file of files) {
    const target = join(draft, file.name);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await store.fetch(file, target, watched);
  }
}

/** Into the archive of that very cluster where it is here, else beside the catalogue, where a restore looks for it, too. */
async function fetchWal(request: FetchRequest, store: PlaceStore, manifest: PointManifest): Promise<void> {
  const { name, place } = request;
  const text = await store.readText(walListKey(manifest));
  const files = text === undefined ? [] : readWalList(text);
  if (!files.some(({ name: segment }) => segment === manifest.wal.lastSegment)) {
    throw walMissing(manifest, manifest.wal.lastSegment, place.name);
  }
  const { project, resourceId } = manifest;
  const cluster = await findCluster({ root: name.root, project, resourceId });
  const folder = cluster?.walDirectory ?? fetchedWalFolder({ ...name, resourceId });
  await makeFolder(folder, 0o700);
  const watched = watch(
    request,
    files.reduce((sum, { bytes }) => sum + bytes, 0),
  );
  for (const file of files) await fetchSegment(store, file, folder, watched);
  await syncFolder(folder);
}

async function fetchSegment(store: PlaceStore, file: BackupFile, folder: string, watched: Watched): Promise<void> {
  if (!/^[0-9A-F]{24}$/.test(file.name)) return;
  const target = join(folder, file.name);
  if (await isThere(target)) return;
  const draft = join(folder, `.${file.name}.new-${process.pid}`);
  try {
    await store.fetch(file, draft, watched);
    // The recovering server reads it.
    const user = serverUser();
    if (user !== undefined) await chown(draft, user.uid, user.gid);
    await rename(draft, target);
  } finally {
    await rm(draft, { force: true });
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function noSuchBackup({ name, place }: FetchRequest, id: string): HoldfastError {
  return new HoldfastError("invalid_usage", `${place.name} has no backup ${id} of "${name.instance}".`, {
    next: `See what it has: holdfast backups --from ${place.name}`,
  });
}
