import { HoldfastError } from "./errors.js";
import type { BackupKind } from "./ports.js";

/** A fault of a backup, or of what leads on from it. */
export interface Damage {
  /** One sentence that names the file. */
  readonly message: string;
}

/** What came of reading one backup, every byte of it. */
export interface VerifiedBackup {
  readonly id: string;
  /** Null where its manifest cannot be read. */
  readonly kind: BackupKind | null;
  readonly takenAt: Date | null;
  /** How much was read for it; the log that several share is counted once, with its base. */
  readonly bytes: number;
  readonly damages: readonly Damage[];
  /** The newest backup that is whole and does without what is damaged; null: there is none, or nothing is damaged. */
  readonly nextBest: string | null;
  /** Why it could not be judged; undefined: it was. */
  readonly unjudged?: string;
}

export interface VerifyReport {
  readonly instance: string;
  /** Newest first. */
  readonly backups: readonly VerifiedBackup[];
  /** Of what belongs to no one backup: the log behind the newest base, its ledger, a proof. */
  readonly damages: readonly Damage[];
}

/** The report as one error; undefined where nothing is damaged. */
export function verificationFailed({ instance, backups, damages }: VerifyReport): HoldfastError | undefined {
  const all = [...backups.flatMap((backup) => backup.damages), ...damages];
  if (all.length === 0) return undefined;
  return new HoldfastError("backup_damaged", `Backups of "${instance}" are damaged: ${all.length} faults.`, {
    next: "Take a new one (holdfast backup <instance>), and leave the damaged ones for examination.",
  });
}
