import { asHoldfastError } from "./core/as-holdfast-error.js";
import { HoldfastError, type BackupMention } from "./core/errors.js";
import type { BackupEntry } from "./core/ports.js";

/** What a run has done so far; it outlives a lost connection. */
export interface RunMemory {
  /** Taken before anything ran. */
  backup: BackupEntry | null;
  /** Names of the files it applied. */
  readonly applied: string[];
}

/** Runs `work`; an error that stops it halfway names the files that stay applied, and the backup taken before them. */
export async function tellingApplied<T>(memory: RunMemory, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const known = asHoldfastError(error);
    const { applied, backup } = memory;
    if (known === undefined || (applied.length === 0 && backup === null)) throw known ?? error;
    const details = {
      ...known.details,
      ...(applied.length > 0 && { applied: [...applied] }),
      ...(backup !== null && { backup: mentionOf(backup) }),
    };
    throw new HoldfastError(known.code, known.message, details, { cause: known });
  }
}

export function mentionOf({ id, kind, instance }: BackupEntry): BackupMention {
  return { id, kind, restore: `holdfast restore ${instance} --backup ${id} --as <new name>` };
}
