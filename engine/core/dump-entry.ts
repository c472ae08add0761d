import type { DumpManifest } from "./backup-manifest.js";
import type { CatalogueEntry } from "./catalogue.js";
import { HoldfastError } from "./errors.js";

/** A logical dump, whose files lie in the catalogue. */
export interface DumpEntry extends CatalogueEntry {
  readonly manifest: DumpManifest;
}

export function isDump(entry: CatalogueEntry): entry is DumpEntry {
  return entry.manifest.kind === "dump";
}

/** @throws HoldfastError invalid_usage for a backup of another kind */
export function asDump(entry: CatalogueEntry): DumpEntry {
  if (isDump(entry)) return entry;
  throw new HoldfastError("invalid_usage", `Backup ${entry.id} is no dump: it is of kind ${entry.manifest.kind}.`, {
    next: entry.manifest.howToRestore,
  });
}
