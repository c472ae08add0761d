import { randomUUID } from "node:crypto";
import { readdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { damaged } from "./catalogue-folder.js";

/** Its process id comes first, as in every hidden name of a catalogue: what a dead process left is removed. */
const MARK = /^\.use-\d+-[0-9a-f-]{36}-(.+)$/;

/** Where a backup lies, and its name. */
type Used = { readonly id: string; readonly path: string };

/**
 * Keeps backups, and the WAL since, from being pruned by another process while they are read.
 *
 * @throws HoldfastError backup_damaged where one is gone already
 */
export async function whileInUse<T>(entries: readonly Used[], work: () => Promise<T>): Promise<T> {
  const marks: string[] = [];
  try {
    for (const entry of entries) marks.push(await mark(entry));
    // Looked for after the mark is there: who prunes looks for marks after it took the entry away.
    for (const entry of entries) await refuseGone(entry);
    return await work();
  } finally {
    for (const path of marks) await rm(path, { force: true });
  }
}

/** Ids of the backups that are being read now. */
export async function entriesInUse(folder: string): Promise<ReadonlySet<string>> {
  const ids = (await readdir(folder)).map((name) => MARK.exec(name)?.[1]);
  return new Set(ids.filter((id) => id !== undefined));
}

async function mark({ id, path }: Used): Promise<string> {
  const file = join(dirname(path), `.use-${process.pid}-${randomUUID()}-${id}`);
  try {
    await writeFile(file, "", { flag: "wx", mode: 0o600 });
  } catch (error) {
    // In a catalogue that cannot be written to, by this user or at all, a restore is possible nevertheless.
    if (!["EROFS", "EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
  return file;
}

async function refuseGone({ id, path }: Used): Promise<void> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  if (!isThere) throw damaged(`Backup ${id} is no longer in ${dirname(path)}.`);
}
