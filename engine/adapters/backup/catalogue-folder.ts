import { randomUUID } from "node:crypto";
import { readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import {
  renderManifest,
  readManifest,
  type BackupManifest,
  type BaseManifest,
  type DumpManifest,
  type PointManifest,
  type SnapshotManifest,
} from "../../core/backup-manifest.js";
import { backupId, newestFirst, type CatalogueEntry } from "../../core/catalogue.js";
import { HoldfastError } from "../../core/errors.js";
import type { Proof } from "../../core/inspection.js";
import { readProof, renderProof } from "../../core/proof.js";
import { instanceDirectory, makeFolder } from "../local/data-root.js";
import { syncFolder, writeDurably } from "../local/instance-file.js";
import { isAlive } from "../local/postmaster.js";

const MANIFEST = "manifest.json";
/** Beside the manifest, which never changes. */
const PROOF = "proof.json";
/** In the folder of a backup under way: the first WAL segment it needs. */
const IN_PROGRESS = "first-wal-segment";

/** What is published under a name of its own; a snapshot has AWS's. */
type KeptHere = BaseManifest | PointManifest | DumpManifest;

/** Whose backups. */
export interface CatalogueName {
  readonly root: string;
  readonly project: string;
  readonly instance: string;
}

/** What a catalogue holds: newest first, and what is damaged beyond being listed, each as a fault that names it. */
export interface CatalogueListing {
  readonly entries: readonly CatalogueEntry[];
  readonly faults: readonly HoldfastError[];
}

/** `<root>/<project>/backups/<instance>/database` */
export function catalogueFolder({ root, project, instance }: CatalogueName): string {
  return join(dirname(instanceDirectory(root, project, instance)), "backups", instance, "database");
}

/** Looks at manifests and sizes, not at the bytes. An instance that has no backup yet has an empty list. */
export async function listCatalogue(folder: string): Promise<CatalogueListing> {
  const entries: CatalogueEntry[] = [];
  const faults: HoldfastError[] = [];
  for (const id of (await namesIn(folder)).filter((name) => !name.startsWith("."))) {
    try {
      const entry = await readEntry(join(folder, id));
      if (entry !== undefined) entries.push(entry);
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      faults.push(error);
    }
  }
  return { entries: newestFirst(entries), faults };
}

/** Undefined where the folder is gone: removed since it was listed. @throws HoldfastError backup_damaged */
export async function readEntry(path: string): Promise<CatalogueEntry | undefined> {
  const where = join(path, MANIFEST);
  const text = await readFile(where, "utf8").catch(ignoreMissing);
  if (text === undefined) {
    if (!(await isThere(path))) return undefined;
    throw damaged(`${where} is missing.`);
  }
  const manifest = readManifest(text, where);
  if (manifest.kind === "base") await refuseWithoutBytes(path, manifest);
  return describeEntry(path, manifest, await readProvenAt(path));
}

async function refuseWithoutBytes(path: string, { data }: BaseManifest): Promise<void> {
  const file = join(path, data.file);
  const stats = await stat(file).catch(ignoreMissing);
  if (stats === undefined) throw damaged(`${file} is missing.`);
  if (stats.size !== data.bytes) throw damaged(`${file} is ${stats.size} bytes long instead of ${data.bytes}.`);
}

export function damaged(message: string): HoldfastError {
  return new HoldfastError("backup_damaged", message, {
    next: "Restore another backup: `holdfast backups` lists them. Leave the damaged one for examination.",
  });
}

/** A backup that lies in a folder, here or in a place. */
export function describeEntry<M extends BackupManifest>(path: string, manifest: M, provenAt: Date | null) {
  const { id, instance, kind, schemaVersion, release } = manifest;
  const takenAt = new Date(manifest.takenAt);
  return {
    id,
    instance,
    kind,
    takenAt,
    schemaVersion,
    release,
    sizeBytes: sizeOf(manifest),
    path,
    provenAt,
    manifest,
  };
}

function sizeOf(manifest: BackupManifest): number {
  switch (manifest.kind) {
    case "base":
      return manifest.data.bytes;
    case "dump":
      return manifest.dump.bytes;
    case "snapshot":
      return manifest.snapshot.storageBytes;
    case "point":
      return 0;
  }
}

/** A proof that cannot be read proves nothing: the next drill writes it anew. */
async function readProvenAt(path: string): Promise<Date | null> {
  try {
    return await readProofOf(path);
  } catch (error) {
    if (error instanceof HoldfastError) return null;
    throw error;
  }
}

/** Null where it was never proven. @throws HoldfastError backup_damaged where the proof is not as it was written */
export async function readProofOf(path: string): Promise<Date | null> {
  const where = join(path, PROOF);
  const text = await readFile(where, "utf8").catch(ignoreMissing);
  return text === undefined ? null : readProof(text, basename(path), where);
}

export async function writeProof({ path }: { readonly path: string }, proof: Proof): Promise<void> {
  await writeDurably(join(path, PROOF), renderProof(basename(path), proof), 0o600);
}

/** A hidden folder for work that another process must be able to recognise as ours, and as left behind when we die. */
export async function makeWorkFolder(folder: string, purpose: "new" | "drill"): Promise<string> {
  const path = join(folder, `.${purpose}-${process.pid}-${randomUUID()}`);
  await makeFolder(path, 0o700).catch((error: unknown) => {
    // It speaks of a database's folder; the fault beneath is told as one of the backup.
    throw (error as Error).cause ?? error;
  });
  return path;
}

/** Longer than any backup or drill takes. */
const GIVEN_UP_MS = 24 * 60 * 60 * 1000;

/** Hidden folders, and marks, of processes that died over their work. Process ids come again, after a reboot or in another container. */
export async function leftBehind(folder: string): Promise<string[]> {
  const left: string[] = [];
  for (const name of await namesIn(folder)) {
    const pid = Number(/^\.(?:new|drill|old|use)-(\d+)-/.exec(name)?.[1]);
    if (Number.isNaN(pid)) continue;
    const made = (await stat(join(folder, name)).catch(ignoreMissing))?.mtimeMs;
    if (made === undefined) continue;
    const ownStart = Date.now() - process.uptime() * 1000;
    const isOlderThanUs = pid === process.pid && made < ownStart;
    if (!isAlive(pid) || isOlderThanUs || made < Date.now() - GIVEN_UP_MS) left.push(join(folder, name));
  }
  return left;
}

export async function markInProgress(draft: string, firstSegment: string): Promise<void> {
  await writeDurably(join(draft, IN_PROGRESS), firstSegment, 0o600);
}

/** The first WAL segment of each backup that is being taken now. */
export async function segmentsInProgress(folder: string): Promise<string[]> {
  const drafts = (await namesIn(folder)).filter((name) => name.startsWith(".new-"));
  const marks = await Promise.all(
    drafts.map((name) => readFile(join(folder, name, IN_PROGRESS), "utf8").catch(ignoreMissing)),
  );
  return marks.filter((mark) => mark !== undefined);
}

/** Gives a complete draft its name. It is in the catalogue from then on, whole. */
export async function publish<M extends KeptHere>(
  folder: string,
  draft: string,
  manifest: Omit<M, "id" | "howToRestore">,
): Promise<CatalogueEntry & { readonly manifest: M }> {
  for (let attempt = 1; ; attempt += 1) {
    const id = backupId(new Date(manifest.takenAt), manifest.schemaVersion, attempt);
    const howToRestore = `holdfast restore ${manifest.instance} --backup ${id} --as <name of the new instance>`;
    const complete = { id, ...manifest, howToRestore } as M;
    await writeDurably(join(draft, MANIFEST), renderManifest(complete), 0o600);
    await rm(join(draft, IN_PROGRESS), { force: true });
    const path = join(folder, id);
    if (!(await tryRename(draft, path))) continue;
    await syncFolder(folder);
    return describeEntry(path, complete, null);
  }
}

/** Notes what AWS keeps; its name is the snapshot's, which is taken only once. */
export async function publishSnapshot(folder: string, manifest: SnapshotManifest): Promise<CatalogueEntry> {
  const path = join(folder, manifest.id);
  const draft = await makeWorkFolder(folder, "new");
  try {
    await writeDurably(join(draft, MANIFEST), renderManifest(manifest), 0o600);
    await tryRename(draft, path);
    await syncFolder(folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return snapshotEntry(folder, manifest);
}

/** The entry of a snapshot, whether or not it could be noted. */
export function snapshotEntry(folder: string, manifest: SnapshotManifest): CatalogueEntry {
  return describeEntry(join(folder, manifest.id), manifest, null);
}

/**
 * Takes an entry out of the catalogue at once, to be removed: a crash leaves no half backup under a backup's name.
 *
 * @returns where it is now; undefined where it was gone
 */
export async function hideEntry(
  folder: string,
  { id, path }: Pick<CatalogueEntry, "id" | "path">,
): Promise<string | undefined> {
  const outgoing = join(folder, `.old-${process.pid}-${id}`);
  return rename(path, outgoing).then(() => outgoing, ignoreMissing);
}

async function tryRename(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOTEMPTY" || code === "EEXIST") return false;
    throw error;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(ignoreMissing)) ?? [];
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(ignoreMissing)) !== undefined;
}

function ignoreMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
  throw error;
}
