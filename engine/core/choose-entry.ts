import type { CatalogueEntry } from "./catalogue.js";
import { HoldfastError } from "./errors.js";
import type { RestoreTarget } from "./restored-database.js";

interface Listing {
  readonly entries: readonly CatalogueEntry[];
  readonly faults: readonly HoldfastError[];
}

/**
 * The backup a target means; undefined where it means an instant, which leads to one by itself.
 *
 * @param instance for the message
 * @param listing newest first
 * @throws HoldfastError invalid_usage where there is none, backup_damaged where it is known to be bad
 */
export function chooseEntry(instance: string, listing: Listing, target: RestoreTarget): CatalogueEntry | undefined {
  switch (target.kind) {
    case "backup":
      return target.id === undefined ? newest(instance, listing) : named(instance, listing, target.id);
    case "before":
      return listing.entries.find(({ manifest }) => manifest.pendingVersions.includes(target.version));
    case "instant":
    case "latest":
      return undefined;
  }
}

function newest(instance: string, { entries }: Listing): CatalogueEntry {
  const [entry] = entries;
  if (entry !== undefined) return entry;
  throw new HoldfastError("invalid_usage", `"${instance}" has no backup that can be restored.`, {
    next: `See what there is: holdfast backups ${instance}`,
  });
}

function named(instance: string, { entries, faults }: Listing, id: string): CatalogueEntry {
  const found = entries.find((entry) => entry.id === id);
  if (found !== undefined) return found;
  const fault = faults.find(({ message }) => message.includes(id));
  if (fault !== undefined) throw fault;
  const ids = entries.map((entry) => entry.id);
  throw new HoldfastError("invalid_usage", `"${instance}" has no backup ${id}.`, {
    next: ids.length === 0 ? "It has none at all." : `Choose one of: ${ids.join(", ")}.`,
  });
}
