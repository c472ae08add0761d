import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { BackupManifest, PointManifest } from "../../core/backup-manifest.js";
import { HoldfastError } from "../../core/errors.js";
import { segmentsBetween } from "../../core/wal-segments.js";
import type { PlacedFile } from "./place-store.js";

/** A file that belongs to a backup, in a place and on this machine. */
export interface BackupFile extends PlacedFile {
  /** Below the backup's folder in the catalogue; of a WAL segment its name. */
  readonly name: string;
}

/** `shop/prod`: whose backups. */
function instanceKey({ project, instance }: Pick<BackupManifest, "project" | "instance">): string {
  return `${project}/${instance}`;
}

/** `shop/prod/20260119T093000Z-v0007` */
function entryKey(manifest: Pick<BackupManifest, "project" | "instance" | "id">): string {
  return `${instanceKey(manifest)}/${manifest.id}`;
}

export function manifestKey(manifest: Pick<BackupManifest, "project" | "instance" | "id">): string {
  return `${entryKey(manifest)}/manifest.json`;
}

/** Which WAL a restore point needs, with checksums: its manifest has none. */
export function walListKey(manifest: PointManifest): string {
  return `${entryKey(manifest)}/wal.json`;
}

/** Segments of two clusters under one name have the same names. */
export function walFolder(manifest: Pick<BackupManifest, "project" | "instance" | "resourceId">): string {
  return `${instanceKey(manifest)}/wal/${manifest.resourceId.replaceAll("/", "-")}/`;
}

/** What lies in the backup's own folder, the manifest aside. */
export function ownFiles(manifest: BackupManifest): BackupFile[] {
  const key = entryKey(manifest);
  if (manifest.kind === "base") {
    const { file: name, bytes, sha256 } = manifest.data;
    return [{ name, key: `${key}/${name}`, bytes, sha256 }];
  }
  if (manifest.kind !== "dump") return [];
  const { directory, files } = manifest.dump;
  return files.map(({ name, ...file }) => {
    const path = `${directory}/${name}`;
    return { ...file, name: path, key: `${key}/${path}` };
  });
}

/** The WAL that leads from the base to a restore point, as it lies in the archive now. @throws HoldfastError backup_failed */
export async function walFiles(manifest: PointManifest, archive: string): Promise<BackupFile[]> {
  const { firstSegment, lastSegment } = manifest.wal;
  const bytes = (await stat(join(archive, lastSegment)).catch(() => undefined))?.size;
  if (bytes === undefined) throw walMissing(manifest, lastSegment, archive);
  const archived = new Set(await readdir(archive));
  const files: BackupFile[] = [];
  for (const name of segmentsBetween(firstSegment, lastSegment, bytes)) {
    if (!archived.has(name)) throw walMissing(manifest, name, archive);
    const sha256 = await digestOf(join(archive, name));
    files.push({ name, key: `${walFolder(manifest)}${name}`, bytes, sha256 });
  }
  return files;
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

export function walMissing({ id }: Pick<BackupManifest, "id">, segment: string, where: string): HoldfastError {
  return new HoldfastError(
    "backup_damaged",
    `WAL segment ${segment}, which backup ${id} needs, is missing in ${where}.`,
    {
      next: "Take a whole backup: holdfast backup <instance>.",
    },
  );
}
