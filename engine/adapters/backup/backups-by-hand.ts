/** What the command line asks of backups. The parts that read and write archives are loaded when they are needed. */
import type { CatalogueName } from "./catalogue-folder.js";
import type { RestoredInstance, RestoreRequest } from "./restore-backup.js";
import type { BaseEntry } from "../../core/catalogue.js";

/** Beside the instance that was backed up, never over it; see restore-backup.ts. */
export async function restoreInstance(request: RestoreRequest): Promise<RestoredInstance> {
  const { restoreBackup } = await import("./restore-backup.js");
  return restoreBackup(request);
}

/** By id. @throws HoldfastError invalid_usage, backup_damaged */
export async function findInstanceBackup(name: CatalogueName, id: string): Promise<BaseEntry> {
  const { findBackup } = await import("./local-backups.js");
  return findBackup(name, id);
}
