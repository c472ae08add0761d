import { createHash } from "node:crypto";
import { once } from "node:events";
import { pack, type Header, type Pack } from "tar-stream";
import { FLUSH_BYTES, FlushedFile, makeBlocks } from "./flushed-file.js";

/** A name, and what else is known of the entry. */
export type TarHeader = Partial<Header> & Pick<Header, "name">;

/** A tar archive being written to one file, hashed on the way. */
export interface TarWriter {
  /** A file of exactly `header.size` bytes, or a folder (without content). */
  add(header: TarHeader, content?: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<void>;
  addText(name: string, text: string): Promise<void>;
  /** Complete and durable. */
  finish(): Promise<{ readonly bytes: number; readonly sha256: string }>;
  /** Gives the file back, whatever happened. */
  close(): Promise<void>;
}

/** @param onBytes told after each block how much is written */
export async function createTar(path: string, onBytes: (bytes: number) => void): Promise<TarWriter> {
  const archive = pack();
  const hash = createHash("sha256");
  const file = await FlushedFile.create(path, makeBlocks(), FLUSH_BYTES, (block, bytes) => {
    hash.update(block);
    onBytes(bytes);
  });
  const written = drain(archive, file);
  // A disk that refuses ends the entry under way, which would otherwise wait for room that never comes.
  written.catch((error: unknown) => archive.destroy(error as Error));
  const add = async (header: TarHeader, content?: AsyncIterable<Buffer> | Iterable<Buffer>) => {
    try {
      await addEntry(archive, header, content);
    } catch (error) {
      // Tells why, where the entry only knows that it was ended.
      await written;
      throw error;
    }
  };
  return {
    add,
    addText: (name, text) => {
      const bytes = Buffer.from(text);
      return add({ name, size: bytes.length, mode: 0o600, type: "file" }, [bytes]);
    },
    finish: async () => {
      archive.finalize();
      await written;
      return { bytes: file.bytes, sha256: hash.digest("hex") };
    },
    close: async () => {
      archive.destroy();
      await written.catch(() => undefined);
      await file.close();
    },
  };
}

async function drain(archive: Pack, file: FlushedFile): Promise<void> {
  for await (const chunk of archive) await file.write(chunk as Buffer);
  await file.writeRest();
  await file.sync();
}

function addEntry(
  archive: Pack,
  header: TarHeader,
  content: AsyncIterable<Buffer> | Iterable<Buffer> | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const entry = archive.entry(header, (error) => {
      if (error instanceof Error) reject(error);
      else resolve();
    });
    entry.on("error", reject);
    if (content === undefined) return;
    feed(entry, content).catch((error: unknown) => archive.destroy(error as Error));
  });
}

async function feed(
  entry: ReturnType<Pack["entry"]>,
  content: AsyncIterable<Buffer> | Iterable<Buffer>,
): Promise<void> {
  for await (const chunk of content) {
    if (!entry.write(chunk)) await once(entry, "drain");
  }
  entry.end(null);
}
