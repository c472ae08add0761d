import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BackupCopy } from "../../core/backup-place.js";
import { writeDurably } from "../local/instance-file.js";

/** Beside the manifest, which never changes. */
const FILE = "places.json";

/** Where copies of a backup were put, oldest first. A list that cannot be read counts as none: copies are looked for, not lost. */
export async function readCopies(path: string): Promise<readonly BackupCopy[]> {
  try {
    const copies: unknown = JSON.parse(await readFile(join(path, FILE), "utf8"));
    return Array.isArray(copies) ? (copies as BackupCopy[]) : [];
  } catch {
    return [];
  }
}

export async function noteCopy(path: string, copy: BackupCopy): Promise<void> {
  const others = (await readCopies(path)).filter(({ place }) => place !== copy.place);
  await writeDurably(join(path, FILE), `${JSON.stringify([...others, copy], null, 2)}\n`, 0o600);
}
