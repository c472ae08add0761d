import type { BackupManifest, BaseManifest } from "./backup-manifest.js";
import type { BackupEntry } from "./ports.js";

/** A backup with everything its manifest says. */
export interface CatalogueEntry extends BackupEntry {
  readonly manifest: BackupManifest;
}

/** A backup whose bytes lie in the catalogue. */
export interface BaseEntry extends CatalogueEntry {
  readonly manifest: BaseManifest;
}

export function isBase(entry: CatalogueEntry): entry is BaseEntry {
  return entry.manifest.kind === "base";
}

/** The newest backups of a cluster that are kept, beside the one proven last. */
export const KEPT_BACKUPS = 5;

/** The folder's name of a backup: `20260119T093000Z-v0007`, with `-2` and so on for another one of the same second. */
export function backupId(takenAt: Date, schemaVersion: string | null, attempt = 1): string {
  const second = takenAt.toISOString().replace(/[-:]|\.\d+/g, "");
  return `${second}-v${schemaVersion ?? "0"}${attempt === 1 ? "" : `-${attempt}`}`;
}

export function newestFirst<T extends BackupEntry>(entries: readonly T[]): T[] {
  return entries.toSorted((a, b) => b.takenAt.getTime() - a.takenAt.getTime() || (a.id < b.id ? 1 : -1));
}

/**
 * Backups of one cluster that may go: all but the newest and the one proven last. Those of an earlier cluster under the same
 * name are no part of this: they are the only way back to it.
 */
export function expendableBackups(entries: readonly CatalogueEntry[], resourceId: string): CatalogueEntry[] {
  const own = newestFirst(entries.filter(({ manifest }) => manifest.resourceId === resourceId));
  const proven = lastProven(own);
  return own.slice(KEPT_BACKUPS).filter((entry) => entry !== proven);
}

/** The entry whose proof is the most recent. */
export function lastProven<T extends BackupEntry>(entries: readonly T[]): T | undefined {
  const time = ({ provenAt }: T) => provenAt?.getTime() ?? 0;
  return entries.filter(({ provenAt }) => provenAt !== null).toSorted((a, b) => time(b) - time(a))[0];
}
