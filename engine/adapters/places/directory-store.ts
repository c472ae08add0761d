import { createReadStream } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { backupFault } from "../backup/backup-fault.js";
import { syncFolder, writeDurably } from "../local/instance-file.js";
import { hashed, nothingPassed } from "./hashed-stream.js";
import { CHANGED, changedHere, damagedThere, notStored } from "./place-fault.js";
import type { PlacedFile, PlaceStore, Watched } from "./place-store.js";

const CHUNK_BYTES = 1024 * 1024;

/** A directory: another disk, a mounted share. */
export function directoryStore(root: string): PlaceStore {
  const told = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      throw backupFault("backup_failed", `The copy in ${root}`, error);
    });
  return {
    put: (file, source, watched) => told(put(root, file, source, watched)),
    putText: (key, text) => told(putText(join(root, key), text)),
    readText: (key) => told(readFile(join(root, key), "utf8").catch(ignoreMissing)),
    fetch: (file, target, watched) => told(fetchFile(root, file, target, watched)),
    list: (folder) => told(list(join(root, folder))),
    remove: (keys) => told(remove(root, keys)),
  };
}

async function put(root: string, file: PlacedFile, source: string, watched: Watched): Promise<void> {
  const target = join(root, file.key);
  const draft = `${target}.new-${process.pid}`;
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  try {
    const passed = await copy(source, draft, watched);
    if (passed.sha256 !== file.sha256) throw changedHere(source);
    const stored = await digestOf(draft, watched.signal);
    if (stored !== file.sha256) throw notStored(target);
    await rename(draft, target);
    await syncFolder(dirname(target));
  } finally {
    await rm(draft, { force: true });
  }
}

async function putText(target: string, text: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  await writeDurably(target, text, 0o600);
}

async function fetchFile(root: string, file: PlacedFile, target: string, watched: Watched): Promise<void> {
  const source = join(root, file.key);
  const passed = await copy(source, target, watched).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw damagedThere(root, file, "is missing");
    throw error;
  });
  if (passed.sha256 !== file.sha256) throw damagedThere(root, file, CHANGED);
}

async function copy(source: string, target: string, { signal, onBytes }: Watched) {
  const passed = nothingPassed();
  const reading = createReadStream(source, { signal, highWaterMark: CHUNK_BYTES });
  const writing = await open(target, "w", 0o600);
  try {
    for await (const chunk of hashed(reading, passed, onBytes)) await writing.writeFile(chunk);
    await writing.sync();
  } finally {
    reading.destroy();
    await writing.close();
  }
  return passed;
}

async function digestOf(path: string, signal: AbortSignal): Promise<string> {
  const passed = nothingPassed();
  const reading = createReadStream(path, { signal, highWaterMark: CHUNK_BYTES });
  for await (const chunk of hashed(reading, passed, () => undefined)) if (chunk.length > 0) signal.throwIfAborted();
  return passed.sha256;
}

async function list(folder: string): Promise<string[]> {
  const entries = (await readdir(folder, { withFileTypes: true }).catch(ignoreMissing)) ?? [];
  return entries
    .filter(({ name }) => !name.startsWith("."))
    .map((entry) => `${entry.name}${entry.isDirectory() ? "/" : ""}`);
}

/** Folders that are empty then go, too, up to the place itself. */
async function remove(root: string, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    await rm(join(root, key), { force: true });
    for (let folder = dirname(key); folder !== "."; folder = dirname(folder)) {
      const isEmpty = await rmdir(join(root, folder)).then(
        () => true,
        () => false,
      );
      if (!isEmpty) break;
    }
  }
}

function ignoreMissing(error: unknown): undefined {
  if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
  throw error;
}
