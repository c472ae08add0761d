import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { chown, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { extract } from "tar-stream";
import type { BaseEntry } from "../../core/catalogue.js";
import { serverUser, type ServerUser } from "../local/server-user.js";
import { damaged } from "./catalogue-folder.js";
import { FLUSH_BYTES, FlushedFile, makeBlocks, type Blocks } from "./flushed-file.js";

const READ_BYTES = 1024 * 1024;

/**
 * Compares every byte with what was written. Nothing of a backup is unpacked before it has passed.
 *
 * @throws HoldfastError backup_damaged
 */
export async function verifyBytes({ path, manifest }: BaseEntry): Promise<void> {
  const file = join(path, manifest.data.file);
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file, { highWaterMark: READ_BYTES })) hash.update(chunk as Buffer);
  if (hash.digest("hex") !== manifest.data.sha256) {
    throw damaged(`${file} was changed after the backup: its SHA-256 is not the manifest's.`);
  }
}

/** Where a backup is unpacked to. */
export interface Unpacking {
  readonly dataDirectory: string;
  /** Nothing of it needs to survive the machine, so nothing is flushed. */
  readonly isThrowAway: boolean;
  /** Told after each file how much is unpacked. */
  readonly onBytes: (bytes: number) => void;
}

/** Unpacks the data directory, owned by the server's user. Its bytes must have been verified. */
export async function unpackBackup({ path, manifest }: BaseEntry, unpacking: Unpacking): Promise<void> {
  const { dataDirectory, onBytes } = unpacking;
  // Recovery flushes all files of a data directory before it begins; large ones are flushed here, piece by piece.
  const file = { blocks: makeBlocks(), flushBytes: unpacking.isThrowAway ? Infinity : FLUSH_BYTES, user: serverUser() };
  await makeOwned(dataDirectory, file.user);
  const archive = extract();
  const source = createReadStream(join(path, manifest.data.file), { highWaterMark: READ_BYTES });
  source.on("error", (error) => archive.destroy(error));
  source.pipe(archive);
  let bytes = 0;
  try {
    for await (const entry of archive) {
      const { header } = entry;
      const target = join(dataDirectory, header.name);
      if (header.type === "directory") {
        await makeOwned(target, file.user);
        // Also an entry without content is to be read to its end before the next one comes.
        entry.resume();
      } else await unpackFile(entry as AsyncIterable<Buffer>, target, file);
      onBytes((bytes += header.size));
    }
  } finally {
    source.destroy();
  }
}

interface FileOptions {
  readonly blocks: Blocks;
  readonly flushBytes: number;
  readonly user: ServerUser | undefined;
}

async function unpackFile(
  content: AsyncIterable<Buffer>,
  target: string,
  { blocks, flushBytes, user }: FileOptions,
): Promise<void> {
  const file = await FlushedFile.create(target, blocks, flushBytes);
  try {
    for await (const chunk of content) await file.write(chunk);
    await file.writeRest();
  } finally {
    await file.close();
  }
  if (user !== undefined) await chown(target, user.uid, user.gid);
}

async function makeOwned(folder: string, user: ServerUser | undefined): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  if (user !== undefined) await chown(folder, user.uid, user.gid);
}
