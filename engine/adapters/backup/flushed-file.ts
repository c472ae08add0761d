import { open, type FileHandle } from "node:fs/promises";

const BLOCK_BYTES = 2 * 1024 * 1024;
/** Flushing a large file at its end stalls everyone who writes to that disk; in pieces nobody notices. */
export const FLUSH_BYTES = 8 * 1024 * 1024;

/** One block is filled while the other is written. They serve one file after another. */
export interface Blocks {
  filling: Buffer;
  spare: Buffer;
}

export function makeBlocks(): Blocks {
  return { filling: Buffer.allocUnsafe(BLOCK_BYTES), spare: Buffer.allocUnsafe(BLOCK_BYTES) };
}

/** A file written from start to end in large blocks and made durable piece by piece. */
export class FlushedFile {
  private used = 0;
  private unflushed = 0;
  private written = 0;
  /** Of the block before; a fault of it is told with the next one. */
  private writing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly handle: FileHandle,
    private readonly blocks: Blocks,
    private readonly flushBytes: number,
    private readonly onBlock: (block: Buffer, bytesSoFar: number) => void,
  ) {}

  /**
   * @param flushBytes how much may be written and not yet flushed; Infinity for a file that need not survive
   * @param onBlock sees each block while it is written; it must not keep it
   */
  static async create(
    path: string,
    blocks: Blocks,
    flushBytes: number,
    onBlock: (block: Buffer, bytesSoFar: number) => void = () => undefined,
  ): Promise<FlushedFile> {
    return new FlushedFile(await open(path, "w", 0o600), blocks, flushBytes, onBlock);
  }

  get bytes(): number {
    return this.written + this.used;
  }

  async write(chunk: Uint8Array): Promise<void> {
    for (let from = 0; from < chunk.length;) {
      const { filling } = this.blocks;
      const size = Math.min(chunk.length - from, filling.length - this.used);
      filling.set(chunk.subarray(from, from + size), this.used);
      this.used += size;
      from += size;
      if (this.used === filling.length) await this.writeBlock();
    }
  }

  /** Complete; the last piece is not flushed yet. */
  async writeRest(): Promise<void> {
    if (this.used > 0) await this.writeBlock();
    await this.writing;
  }

  async sync(): Promise<void> {
    await this.handle.sync();
  }

  async close(): Promise<void> {
    await this.writing.catch(() => undefined);
    await this.handle.close();
  }

  private async writeBlock(): Promise<void> {
    const { filling, spare } = this.blocks;
    const block = filling.subarray(0, this.used);
    await this.writing;
    this.writing = this.put(block);
    this.writing.catch(() => undefined);
    this.written += this.used;
    this.onBlock(block, this.written);
    Object.assign(this.blocks, { filling: spare, spare: filling });
    this.used = 0;
  }

  private async put(block: Buffer): Promise<void> {
    // One write may take less than it was given, for instance when the disk fills up.
    for (let from = 0; from < block.length;) from += (await this.handle.write(block, from)).bytesWritten;
    this.unflushed += block.length;
    if (this.unflushed < this.flushBytes) return;
    await this.handle.datasync();
    this.unflushed = 0;
  }
}
