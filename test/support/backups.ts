import { isBase, type BaseEntry } from "../../engine/core/catalogue.js";
import type { ProgressEvent } from "../../engine/core/ports.js";
import { catalogueFolder, listCatalogue } from "../../engine/adapters/backup/catalogue-folder.js";
import { takeBackup, type BackupSite } from "../../engine/adapters/backup/take-backup.js";
import type { LocalInstance } from "../../engine/adapters/local/instance-file.js";

export interface TestSite extends BackupSite {
  readonly events: ProgressEvent[];
}

/** A site that only records what it is told. */
export function backupSite(instance: LocalInstance, changes: Partial<BackupSite> = {}): TestSite {
  const events: ProgressEvent[] = [];
  return {
    ...{ instance, environment: instance.name, events, killPoint: () => undefined, now: () => new Date() },
    ...{ progress: (event) => events.push(event), signal: new AbortController().signal },
    ...changes,
  };
}

export function folderOf(instance: LocalInstance): string {
  return catalogueFolder({ ...instance, instance: instance.name });
}

export const REQUEST = {
  reason: "test",
  schemaVersion: "0007",
  release: "1.0.0",
  pendingVersions: ["0008"],
  contracts: [],
  fingerprint: null,
};

export function backup(instance: LocalInstance, changes: Partial<BackupSite> = {}): Promise<BaseEntry> {
  return takeBackup(backupSite(instance, changes), REQUEST);
}

/** What the catalogue lists, newest first. */
export async function backupsOf(instance: LocalInstance): Promise<BaseEntry[]> {
  return (await listCatalogue(folderOf(instance))).entries.filter(isBase);
}
