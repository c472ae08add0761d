import assert from "node:assert/strict";
import { inspectThrowAway } from "../../engine/bind-inspection.js";
import { isBase, type BaseEntry, type CatalogueEntry } from "../../engine/core/catalogue.js";
import { chooseEntry } from "../../engine/core/choose-entry.js";
import type { ProgressEvent } from "../../engine/core/ports.js";
import { catalogueFolder, listCatalogue, type CatalogueName } from "../../engine/adapters/backup/catalogue-folder.js";
import type { BackupSite } from "../../engine/adapters/backup/backup-site.js";
import { takeBackup } from "../../engine/adapters/backup/take-backup.js";
import type { LocalInstance } from "../../engine/adapters/local/instance-file.js";

export interface TestSite extends BackupSite {
  readonly events: ProgressEvent[];
}

/** A site that only records what it is told. */
export function backupSite(instance: LocalInstance, changes: Partial<BackupSite> = {}): TestSite {
  const events: ProgressEvent[] = [];
  const { signal } = new AbortController();
  return {
    ...{ instance, environment: instance.name, events, killPoint: () => undefined, now: () => new Date() },
    ...{ progress: (event) => events.push(event), signal, inspect: inspectQuickly(signal) },
    ...changes,
  };
}

/** As a deploy does it before it destroys something. */
function inspectQuickly(signal: AbortSignal) {
  return inspectThrowAway({ isThorough: false, progress: () => undefined, signal });
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

/** Base backups that the catalogue lists, newest first. */
export async function backupsOf(instance: LocalInstance): Promise<BaseEntry[]> {
  return (await entriesOf(instance)).filter(isBase);
}

/** What the catalogue lists, newest first. */
export async function entriesOf(instance: LocalInstance): Promise<readonly CatalogueEntry[]> {
  return (await listCatalogue(folderOf(instance))).entries;
}

/** The one of that id, as a restore chooses it. @throws HoldfastError invalid_usage, backup_damaged */
export async function chosenBackup(name: CatalogueName, id: string): Promise<BaseEntry> {
  const entry = chooseEntry(name.instance, await listCatalogue(catalogueFolder(name)), { kind: "backup", id });
  assert.ok(entry !== undefined && isBase(entry));
  return entry;
}
