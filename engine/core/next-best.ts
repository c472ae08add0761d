import type { BackupManifest } from "./backup-manifest.js";
import type { CatalogueEntry } from "./catalogue.js";
import { HoldfastError } from "./errors.js";

/** The backup whose bytes it begins with: of a restore point its base. */
export function chainOf({
  id,
  kind,
  ...rest
}: Pick<BackupManifest, "id" | "kind"> & { readonly base?: string }): string {
  return kind === "point" ? (rest.base ?? id) : id;
}

/**
 * What to restore in place of a backup that is no good: the newest one that shares nothing with it; else, of a restore point, one
 * it shares its base with.
 *
 * @param entries newest first
 * @param isGood where it is known
 */
export function nextBestBackup(
  entries: readonly CatalogueEntry[],
  failed: { readonly id: string; readonly chain: string },
  isGood: (entry: CatalogueEntry) => boolean = () => true,
): CatalogueEntry | undefined {
  const others = entries.filter((entry) => entry.id !== failed.id && isGood(entry));
  const apart = others.find(({ manifest }) => chainOf(manifest) !== failed.chain);
  return apart ?? (failed.id === failed.chain ? undefined : others[0]);
}

/** `The next best is …`, and how it is restored. */
function nextBestAdvice(best: CatalogueEntry | undefined): string {
  if (best === undefined)
    return "No other backup does without it: take one (holdfast backup <instance>). Leave it for examination.";
  const proven = best.provenAt === null ? "not proven yet" : `proven ${best.provenAt.toISOString()}`;
  return `The next best is ${best.id}, taken ${best.takenAt.toISOString()}, ${proven}: holdfast restore ${best.instance} --backup ${best.id} --as <new name>\nLeave the damaged one for examination.`;
}

/** The same fault, with the next best in place of the general word. */
export function withNextBestAdvice(fault: HoldfastError, best: CatalogueEntry | undefined): HoldfastError {
  if (/next best is/.test(fault.details.next ?? "")) return fault;
  return new HoldfastError(
    fault.code,
    fault.message,
    { ...fault.details, next: nextBestAdvice(best) },
    { cause: fault },
  );
}
