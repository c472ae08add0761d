import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { chown, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { extract } from "tar-stream";
import type { CatalogueEntry } from "../../core/catalogue.js";
import { serverUser, type ServerUser } from "../local/server-user.js";
import { damaged } from "./catalogue-folder.js";
import { FlushedFile, makeBlock } from "./flushed-file.js";

const READ_BYTES = 1024 * 1024;

/**
 * Compares every byte with what was written. Nothing of a backup is unpacked before it has passed.
 *
 * @throws HoldfastError backup_damaged
 */
export async function verifyBytes({ path, manifest }: CatalogueEntry): Promise<void> {
  const file = join(path, manifest.data.file);
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file, { highWaterMark: READ_BYTES })) hash.update(chunk as Buffer);
  if (hash.digest("hex") !== manifest.data.sha256) {
    throw damaged(`${file} was changed after the backup: its SHA-256 is not the manifest's.`);
  }
}

/**
 * Unpacks the data directory, owned by the server's user. Its bytes must have been verified.
 *
 * @param onBytes told after each file how much is unpacked
 */
export async function unpackBackup(
  { path, manifest }: CatalogueEntry,
  dataDirectory: string,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const user = serverUser();
  await makeOwned(dataDirectory, user);
  const archive = extract();
  const source = createReadStream(join(path, manifest.data.file), { highWaterMark: READ_BYTES });
  source.on("error", (error) => archive.destroy(error));
  source.pipe(archive);
  const block = makeBlock();
  let bytes = 0;
  try {
    for await (const entry of archive) {
      const { header } = entry;
      const target = join(dataDirectory, header.name);
      if (header.type === "directory") {
        await makeOwned(target, user);
        // Also an entry without content is to be read to its end before the next one comes.
        entry.resume();
      } else await unpackFile(entry as AsyncIterable<Buffer>, target, block, user);
      onBytes((bytes += header.size));
    }
  } finally {
    source.destroy();
  }
}

/** Recovery flushes all files of a data directory before it begins, so only large ones are flushed here, piece by piece. */
async function unpackFile(
  content: AsyncIterable<Buffer>,
  target: string,
  block: Buffer,
  user: ServerUser | undefined,
): Promise<void> {
  const file = await FlushedFile.create(target, block);
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
