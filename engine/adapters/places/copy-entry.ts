import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { BackupCopy, BytePlace } from "../../core/backup-place.js";
import { readManifest, type BackupManifest, type PointManifest } from "../../core/backup-manifest.js";
import type { CatalogueEntry } from "../../core/catalogue.js";
import { HoldfastError } from "../../core/errors.js";
import type { Progress } from "../../core/ports.js";
import { damaged, readEntry } from "../backup/catalogue-folder.js";
import { findCluster } from "../backup/find-cluster.js";
import { noteCopy } from "./noted-copies.js";
import { openPlace, type PlaceStore, type Watched } from "./place-store.js";
import { manifestKey, ownFiles, walFiles, walListKey, walMissing, type BackupFile } from "./placed-files.js";

export interface CopyRequest {
  /** The data root it lies in. */
  readonly root: string;
  readonly entry: CatalogueEntry;
  readonly place: BytePlace;
  readonly now: () => Date;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/**
 * Copies a backup to a place, its manifest last: what has no manifest there is no backup, and is copied again. With a restore
 * point go its base, unless that is there, and the WAL up to it, so that the place alone can restore it.
 *
 * @throws HoldfastError backup_failed, backup_damaged, interrupted; of a bucket what awsError names
 */
export async function copyEntry(request: CopyRequest): Promise<BackupCopy> {
  const { entry, place, now, progress, signal } = request;
  progress({ kind: "note", message: `Copying ${entry.id} to ${place.name} …` });
  try {
    const store = await openPlace(place);
    await copyWhole(request, store, entry);
    const copy = { place: place.name, copiedAt: now().toISOString() };
    await noteCopy(entry.path, copy);
    return copy;
  } catch (error) {
    if (signal.aborted) throw interrupted(entry.id, place.name);
    throw error;
  }
}

async function copyWhole(request: CopyRequest, store: PlaceStore, entry: CatalogueEntry): Promise<void> {
  const { manifest, path } = entry;
  const text = await readFile(join(path, "manifest.json"), "utf8");
  if ((await store.readText(manifestKey(manifest))) === text) return;
  if (manifest.kind === "point") await copyBase(request, store, manifest);
  const own = ownFiles(manifest);
  const wal = manifest.kind === "point" ? await walOf(request, manifest) : undefined;
  const total = [...own, ...(wal?.files ?? [])].reduce((sum, { bytes }) => sum + bytes, 0);
  const watched = watch(request, total);
  for (const file of own) await store.put(file, join(path, file.name), watched);
  if (wal !== undefined) {
    await copyWal(store, manifest, wal, watched);
    await store.putText(walListKey(manifest as PointManifest), `${JSON.stringify(wal.files, null, 2)}\n`);
  }
  await store.putText(manifestKey(manifest), text);
}

async function copyBase(request: CopyRequest, store: PlaceStore, { base }: PointManifest): Promise<void> {
  const path = join(dirname(request.entry.path), base);
  const entry = await readEntry(path);
  if (entry === undefined) throw damaged(`The base backup ${base}, on which ${request.entry.path} stands, is missing.`);
  await copyWhole(request, store, entry);
  await noteCopy(path, { place: request.place.name, copiedAt: request.now().toISOString() });
}

interface Wal {
  readonly archive: string;
  readonly files: readonly BackupFile[];
}

async function walOf({ root }: CopyRequest, manifest: PointManifest): Promise<Wal> {
  const { project, resourceId } = manifest;
  const archive = (await findCluster({ root, project, resourceId }))?.walDirectory;
  if (archive === undefined) throw walMissing(manifest, manifest.wal.lastSegment, "this data root");
  return { archive, files: await walFiles(manifest, archive) };
}

/** Segments that other points brought are there already. */
async function copyWal(store: PlaceStore, manifest: BackupManifest, wal: Wal, watched: Watched): Promise<void> {
  const known = new Set(await knownWal(store, manifest));
  for (const file of wal.files) {
    if (!known.has(`${file.key} ${file.sha256}`)) await store.put(file, join(wal.archive, file.name), watched);
  }
}

/** As other restore points of the place list it; a list is written behind what it lists. */
async function knownWal(store: PlaceStore, { project, instance }: BackupManifest): Promise<string[]> {
  const folder = `${project}/${instance}/`;
  const ids = (await store.list(folder)).filter((name) => name.endsWith("/") && name !== "wal/");
  const lists = await Promise.all(ids.map((id) => store.readText(`${folder}${id}wal.json`)));
  return lists
    .flatMap((text) => (text === undefined ? [] : readWalList(text)))
    .map(({ key, sha256 }) => `${key} ${sha256}`);
}

/** @returns empty where it is no such list: what it named is copied again, or found missing */
export function readWalList(text: string): readonly BackupFile[] {
  try {
    const files: unknown = JSON.parse(text);
    return Array.isArray(files) ? (files as BackupFile[]) : [];
  } catch {
    return [];
  }
}

/** @throws HoldfastError backup_damaged */
export async function manifestIn(
  store: PlaceStore,
  place: BytePlace,
  key: string,
): Promise<{ readonly text: string; readonly manifest: BackupManifest } | undefined> {
  const text = await store.readText(key);
  return text === undefined ? undefined : { text, manifest: readManifest(text, `${place.name}/${key}`) };
}

/** A bar on a terminal, a heartbeat elsewhere. */
export function watch({ progress, signal }: Pick<CopyRequest, "progress" | "signal">, totalBytes: number): Watched {
  let bytes = 0;
  return {
    signal,
    onBytes: (more) => {
      bytes += more;
      progress({ kind: "backup", state: "copying", bytes, totalBytes });
    },
  };
}

function interrupted(id: string, place: string): HoldfastError {
  return new HoldfastError(
    "interrupted",
    `The copy of ${id} to ${place} was interrupted; the backup itself is whole.`,
    {
      next: "Run again: what is there already is not copied twice.",
    },
  );
}
