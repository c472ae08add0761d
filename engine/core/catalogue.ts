import type { BackupManifest, BaseManifest, PointManifest } from "./backup-manifest.js";
import type { BackupEntry } from "./ports.js";

/** A backup with everything its manifest says. */
export interface CatalogueEntry extends BackupEntry {
  readonly manifest: BackupManifest;
}

/** A backup whose bytes lie in the catalogue. */
export interface BaseEntry extends CatalogueEntry {
  readonly manifest: BaseManifest;
}

/** A mark in the WAL after a base backup of the same catalogue. */
export interface PointEntry extends CatalogueEntry {
  readonly manifest: PointManifest;
}

/** What an embedded database is restored from on this machine. */
export type LocalEntry = BaseEntry | PointEntry;

export function isBase(entry: CatalogueEntry): entry is BaseEntry {
  return entry.manifest.kind === "base";
}

export function isPoint(entry: CatalogueEntry): entry is PointEntry {
  return entry.manifest.kind === "point";
}

export function isLocal(entry: CatalogueEntry): entry is LocalEntry {
  return isBase(entry) || isPoint(entry);
}

/** The folder's name of a backup: `20260119T093000Z-v0007`, with `-2` and so on for another one of the same second. */
export function backupId(takenAt: Date, schemaVersion: string | null, attempt = 1): string {
  const second = takenAt.toISOString().replace(/[-:]|\.\d+/g, "");
  return `${second}-v${schemaVersion ?? "0"}${attempt === 1 ? "" : `-${attempt}`}`;
}

export function newestFirst<T extends BackupEntry>(entries: readonly T[]): T[] {
  return entries.toSorted((a, b) => b.takenAt.getTime() - a.takenAt.getTime() || (a.id < b.id ? 1 : -1));
}

/** The entry whose proof is the most recent. */
export function lastProven<T extends BackupEntry>(entries: readonly T[]): T | undefined {
  const time = ({ provenAt }: T) => provenAt?.getTime() ?? 0;
  return entries.filter(({ provenAt }) => provenAt !== null).toSorted((a, b) => time(b) - time(a))[0];
}
