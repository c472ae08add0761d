import { HoldfastError } from "../../core/errors.js";
import type { PlacedFile } from "./place-store.js";

/** The file here is not what the manifest says: a copy of it would be none. */
export function changedHere(source: string): HoldfastError {
  return new HoldfastError("backup_damaged", `${source} was changed after the backup, so it is not copied.`, {
    next: "Take another backup; leave the damaged one for examination.",
  });
}

/** What was read back from a place is not what was sent there. */
export function notStored(where: string): HoldfastError {
  return new HoldfastError("backup_failed", `${where} is not what was copied there: its checksum does not fit.`, {
    next: "Look at the place's storage, then run again.",
  });
}

/** @param why `is missing`, `was changed after the backup: its checksum does not fit` */
export function damagedThere(place: string, { key }: PlacedFile, why: string): HoldfastError {
  return new HoldfastError("backup_damaged", `${place}/${key} ${why}.`, {
    next: `Restore another backup: holdfast backups --from ${place} lists them. Leave the damaged one for examination.`,
  });
}

export const CHANGED = "was changed after the backup: its checksum does not fit";
