import type { CatalogueEntry } from "../../core/catalogue.js";
import { HoldfastError, type ErrorCode } from "../../core/errors.js";
import { whyNotProven, type Inspection, type Proof } from "../../core/inspection.js";
import type { BackupSite } from "./backup-site.js";
import { writeProof } from "./catalogue-folder.js";
import { whileInUse } from "./in-use.js";

/** One drill of a backup that lies here. */
export interface Proving {
  readonly site: Pick<BackupSite, "progress" | "signal" | "now">;
  readonly entry: CatalogueEntry;
  /** What must not be pruned meanwhile: the entry, and what it stands on. */
  readonly needed: readonly CatalogueEntry[];
  /** Any fault of this kind of backup as one clear sentence. */
  readonly faultOf: (code: ErrorCode, what: string, error: unknown) => HoldfastError;
}

/**
 * Brackets a drill: has the backup restored and looked through, and records the proof beside its manifest.
 *
 * @param look restores it somewhere that is thrown away, and looks
 * @throws HoldfastError drill_failed, backup_damaged, interrupted
 */
export async function proveBackup(proving: Proving, look: () => Promise<Inspection>): Promise<Proof> {
  const { site, entry, needed } = proving;
  try {
    const since = performance.now();
    const checked = await whileInUse(needed, look);
    const why = whyNotProven(checked);
    if (why !== undefined) throw notProven(entry, why);
    const proof = { provenAt: site.now(), tookMs: Math.round(performance.now() - since), checked };
    await writeProof(entry, proof);
    site.progress({ kind: "drill", state: "done" });
    return proof;
  } catch (error) {
    throw drillFault(proving, error);
  }
}

/** Any fault on the way to the proof as one of the drill. */
export function drillFault({ site, entry: { id }, faultOf }: Omit<Proving, "needed">, error: unknown): HoldfastError {
  if (site.signal.aborted) {
    return new HoldfastError("interrupted", `The drill of backup ${id} was interrupted.`, { next: "Run again." });
  }
  const fault = faultOf("drill_failed", `The drill of backup ${id}`, error);
  if (["backup_damaged", "drill_failed", "interrupted"].includes(fault.code)) return fault;
  const message = `The drill of backup ${id} failed: ${fault.message}`;
  return new HoldfastError("drill_failed", message, fault.details, { cause: fault });
}

function notProven({ id }: CatalogueEntry, why: string): HoldfastError {
  return new HoldfastError("drill_failed", `Backup ${id} is not proven. ${why}.`, {
    next: "Keep this backup for examination, take another one, and drill that.",
  });
}
