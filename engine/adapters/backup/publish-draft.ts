import { rm } from "node:fs/promises";
import type { CatalogueEntry, LocalEntry } from "../../core/catalogue.js";
import { HoldfastError } from "../../core/errors.js";
import { backupFault } from "./backup-fault.js";
import type { BackupSite } from "./backup-site.js";
import { catalogueFolder, makeWorkFolder } from "./catalogue-folder.js";
import { clearLeftovers, pruneCatalogue } from "./prune-catalogue.js";

/** A hidden folder of the catalogue, in which a backup grows. */
export interface Draft {
  readonly folder: string;
  readonly path: string;
}

/**
 * Brackets what makes a backup: it appears in the catalogue whole or not at all; then what is no longer kept goes.
 *
 * @param work gives the entry it published, or undefined where no backup of this kind can be made
 * @throws HoldfastError backup_failed, interrupted
 */
export async function withDraft<E extends LocalEntry | undefined>(
  site: BackupSite,
  work: (draft: Draft) => Promise<E>,
): Promise<E> {
  const { instance, signal } = site;
  const folder = catalogueFolder({ ...instance, instance: instance.name });
  try {
    await clearLeftovers(folder, instance.root);
    const entry = await inWorkFolder(folder, (path) => work({ folder, path }));
    if (entry !== undefined) await finish(site, folder, entry);
    return entry;
  } catch (error) {
    if (signal.aborted) throw interrupted(instance.name);
    throw backupFault("backup_failed", `The backup of "${instance.name}"`, error);
  }
}

async function inWorkFolder<T>(folder: string, work: (path: string) => Promise<T>): Promise<T> {
  const path = await makeWorkFolder(folder, "new");
  try {
    return await work(path);
  } finally {
    // Published, it is no longer there under this name.
    await rm(path, { recursive: true, force: true });
  }
}

/** The backup is there and good whatever becomes of the old ones. */
async function finish(site: BackupSite, folder: string, { id, sizeBytes }: CatalogueEntry): Promise<void> {
  const { progress, killPoint } = site;
  killPoint("backup-published");
  try {
    await pruneCatalogue(folder, site);
  } catch (error) {
    progress({ kind: "note", message: backupFault("backup_failed", "Removing old backups", error).message });
  }
  progress({ kind: "backup", state: "done", id, ...(sizeBytes > 0 && { bytes: sizeBytes }) });
}

function interrupted(name: string): HoldfastError {
  return new HoldfastError("interrupted", `The backup of "${name}" was interrupted; nothing of it was kept.`, {
    next: "Run again.",
  });
}
