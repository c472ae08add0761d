import { open, type FileHandle } from "node:fs/promises";

/** Room for the blocks of one file, or of several one after another. */
export function makeBlock(): Buffer {
  return Buffer.allocUnsafe(1024 * 1024);
}

/** Flushing a large file at its end stalls everyone who writes to that disk; in pieces nobody notices. */
const FLUSH_BYTES = 8 * 1024 * 1024;

/** A file written from start to end in large blocks and made durable piece by piece. */
export class FlushedFile {
  private used = 0;
  private unflushed = 0;
  private written = 0;

  private constructor(
    private readonly handle: FileHandle,
    private readonly block: Buffer,
    private readonly onBlock: (block: Buffer, bytesSoFar: number) => void,
  ) {}

  /** @param onBlock sees each block while it is written; it must not keep it */
  static async create(
    path: string,
    block: Buffer,
    onBlock: (block: Buffer, bytesSoFar: number) => void = () => undefined,
  ): Promise<FlushedFile> {
    return new FlushedFile(await open(path, "w", 0o600), block, onBlock);
  }

  get bytes(): number {
    return this.written + this.used;
  }

  async write(chunk: Uint8Array): Promise<void> {
    for (let from = 0; from < chunk.length;) {
      const size = Math.min(chunk.length - from, this.block.length - this.used);
      this.block.set(chunk.subarray(from, from + size), this.used);
      this.used += size;
      from += size;
      if (this.used === this.block.length) await this.writeBlock();
    }
  }

  /** Complete; the last piece is not flushed yet. */
  async writeRest(): Promise<void> {
    await this.writeBlock();
  }

  async sync(): Promise<void> {
    await this.handle.sync();
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  private async writeBlock(): Promise<void> {
    const block = this.block.subarray(0, this.used);
    const writing = writeAll(this.handle, block);
    this.written += this.used;
    this.onBlock(block, this.written);
    await writing;
    this.unflushed += this.used;
    this.used = 0;
    if (this.unflushed < FLUSH_BYTES) return;
    await this.handle.datasync();
    this.unflushed = 0;
  }
}

/** One write may take less than it was given, for instance when the disk fills up. */
async function writeAll(handle: FileHandle, block: Buffer): Promise<void> {
  for (let from = 0; from < block.length;) {
    from += (await handle.write(block, from)).bytesWritten;
  }
}
