import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { DataFile } from "./data-files.js";
import type { TarWriter } from "./tar-writer.js";

/** Files up to this size are read whole, ahead of their turn. */
const SMALL_BYTES = 512 * 1024;
const PIECE_BYTES = 2 * 1024 * 1024;
/** A cluster is a thousand small files: opened one after the other, most of the time would go by waiting. */
const FILES_AHEAD = 16;

/** A file as long as it was when opened. What changes meanwhile, the WAL brings up to date. */
interface OpenedFile {
  readonly name: string;
  readonly size: number;
  readonly content: AsyncIterable<Buffer> | Iterable<Buffer>;
  close(): Promise<void>;
}

/** Those that are gone since they were listed (dropped tables) are left out; the WAL knows of it. */
export async function addDataFiles(
  tar: TarWriter,
  dataDirectory: string,
  files: readonly DataFile[],
  stop: AbortSignal,
): Promise<void> {
  for (const { path } of files.filter(({ isFolder }) => isFolder)) {
    await tar.add({ name: path, type: "directory", mode: 0o700 });
  }
  const paths = files.filter(({ isFolder }) => !isFolder).map(({ path }) => path);
  const openOne = (path: string) => openFile(path, join(dataDirectory, path)).catch(ignoreMissing);
  for await (const file of openAhead(paths, openOne)) {
    stop.throwIfAborted();
    if (file !== undefined) await addFile(tar, file);
  }
}

/** @throws ENOENT where a segment is not in the archive */
export async function addWal(tar: TarWriter, walDirectory: string, segments: readonly string[]): Promise<void> {
  for (const segment of segments) await addFile(tar, await openFile(`pg_wal/${segment}`, join(walDirectory, segment)));
}

async function addFile(tar: TarWriter, file: OpenedFile): Promise<void> {
  const { name, size, content } = file;
  try {
    await tar.add({ name, size, mode: 0o600, type: "file" }, content);
  } finally {
    await file.close();
  }
}

/** In order, with the next ones being opened meanwhile. */
async function* openAhead(
  paths: readonly string[],
  openOne: (path: string) => Promise<OpenedFile | undefined>,
): AsyncIterable<OpenedFile | undefined> {
  const ahead: Promise<OpenedFile | undefined>[] = [];
  try {
    for (const path of paths) {
      const opening = openOne(path);
      // A fault is told when its turn comes.
      opening.catch(() => undefined);
      ahead.push(opening);
      if (ahead.length > FILES_AHEAD) yield await ahead.shift();
    }
    while (ahead.length > 0) yield await ahead.shift();
  } finally {
    for (const opening of ahead) await (await opening.catch(() => undefined))?.close();
  }
}

async function openFile(name: string, path: string): Promise<OpenedFile> {
  const handle = await open(path, "r");
  let isHeld = false;
  try {
    const { size } = await handle.stat();
    isHeld = size > SMALL_BYTES;
    if (isHeld) return { name, size, content: readExactly(handle, size), close: () => handle.close() };
    const content = await collect(readExactly(handle, size));
    return { name, size, content, close: () => Promise.resolve() };
  } finally {
    if (!isHeld) await handle.close();
  }
}

async function* readExactly(handle: FileHandle, size: number): AsyncIterable<Buffer> {
  for (let from = 0; from < size;) {
    const chunk = Buffer.allocUnsafe(Math.min(PIECE_BYTES, size - from));
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, from);
    // Truncated meanwhile: zeros in place of the rest, as pg_basebackup does.
    const part = bytesRead === 0 ? chunk.fill(0) : chunk.subarray(0, bytesRead);
    yield part;
    from += part.length;
  }
}

async function collect(parts: AsyncIterable<Buffer>): Promise<Buffer[]> {
  const all: Buffer[] = [];
  for await (const part of parts) all.push(part);
  return all;
}

function ignoreMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
  throw error;
}
