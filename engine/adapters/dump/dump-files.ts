import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { DumpManifest } from "../../core/backup-manifest.js";
import { damaged } from "../backup/catalogue-folder.js";

type DumpFile = DumpManifest["dump"]["files"][number];

/** Every file of a dump's folder, which has no folders in it. */
export async function describeFiles(folder: string, signal: AbortSignal): Promise<DumpFile[]> {
  const files: DumpFile[] = [];
  for (const name of (await readdir(folder)).sort()) files.push(await describeFile(folder, name, signal));
  return files;
}

async function describeFile(folder: string, name: string, signal: AbortSignal): Promise<DumpFile> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of createReadStream(join(folder, name), { signal, highWaterMark: 1024 * 1024 })) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { name, bytes, sha256: hash.digest("hex") };
}

/** Reads every byte. @throws HoldfastError backup_damaged that names the file */
export async function verifyFiles(folder: string, files: readonly DumpFile[], signal: AbortSignal): Promise<void> {
  for (const file of files) {
    const where = join(folder, file.name);
    const found = await describeFile(folder, file.name, signal).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") throw damaged(`${where} is missing.`);
      throw error;
    });
    if (found.bytes !== file.bytes) throw damaged(`${where} is ${found.bytes} bytes long instead of ${file.bytes}.`);
    if (found.sha256 !== file.sha256)
      throw damaged(`${where} was changed after the backup: its checksum does not fit.`);
  }
}

/** Bytes written so far; a file may go while it is looked at. */
export async function folderBytes(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(
    names.map(async (name) => (await stat(join(folder, name)).catch(() => undefined))?.size ?? 0),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
