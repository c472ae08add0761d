import { open } from "node:fs/promises";
import { join } from "node:path";
import type { DataFile } from "./data-files.js";
import type { TarWriter } from "./tar-writer.js";

const READ_BYTES = 256 * 1024;

/** Those that are gone since they were listed (dropped tables) are left out; the WAL knows of it. */
export async function addDataFiles(
  tar: TarWriter,
  dataDirectory: string,
  files: readonly DataFile[],
  stop: AbortSignal,
): Promise<void> {
  for (const { path, isFolder } of files) {
    stop.throwIfAborted();
    if (isFolder) await tar.add({ name: path, type: "directory", mode: 0o700 });
    else await addFile(tar, path, join(dataDirectory, path)).catch(ignoreMissing);
  }
}

/** @throws ENOENT where a segment is not in the archive */
export async function addWal(tar: TarWriter, walDirectory: string, segments: readonly string[]): Promise<void> {
  for (const segment of segments) await addFile(tar, `pg_wal/${segment}`, join(walDirectory, segment));
}

async function addFile(tar: TarWriter, name: string, path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    await tar.add({ name, size, mode: 0o600, type: "file" }, readExactly(handle, size));
  } finally {
    await handle.close();
  }
}

/** The file as long as it was when opened. What changes meanwhile, the WAL brings up to date. */
async function* readExactly(handle: Awaited<ReturnType<typeof open>>, size: number): AsyncIterable<Buffer> {
  for (let from = 0; from < size;) {
    const chunk = Buffer.allocUnsafe(Math.min(READ_BYTES, size - from));
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, from);
    // Truncated meanwhile: zeros in place of the rest, as pg_basebackup does.
    const part = bytesRead === 0 ? chunk.fill(0) : chunk.subarray(0, bytesRead);
    yield part;
    from += part.length;
  }
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
}
