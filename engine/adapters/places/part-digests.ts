import { createHash, type Hash } from "node:crypto";

const LEAST_PART_BYTES = 8 * 1024 * 1024;
/** S3 takes 10,000 parts (user guide, "Multipart upload limits"). */
const MOST_PARTS = 9000;

/** In which pieces a file of that size is sent. */
export function partBytesFor(bytes: number): number {
  return Math.max(LEAST_PART_BYTES, Math.ceil(bytes / MOST_PARTS));
}

/**
 * The checksum S3 gives for a whole file: of one sent in parts, the SHA-256 of its parts' checksums, with their number behind
 * it (user guide, "Checking object integrity").
 */
export class PartDigests {
  private readonly done: Buffer[] = [];
  private whole: Hash = createHash("sha256");
  private part: Hash = createHash("sha256");
  private inPart = 0;
  private bytes = 0;

  constructor(private readonly partBytes: number) {}

  async *noting(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.add(chunk);
      yield chunk;
    }
  }

  /** @param checksum as S3 prints it; undefined: it gave none */
  fit(checksum: string | undefined): boolean {
    if (checksum === undefined) return false;
    const expected = this.bytes <= this.partBytes ? this.whole.copy().digest("base64") : this.composite();
    return checksum === expected;
  }

  private composite(): string {
    const parts = this.inPart === 0 ? this.done : [...this.done, this.part.copy().digest()];
    return `${createHash("sha256").update(Buffer.concat(parts)).digest("base64")}-${parts.length}`;
  }

  private add(chunk: Uint8Array): void {
    this.whole.update(chunk);
    this.bytes += chunk.length;
    for (let from = 0; from < chunk.length;) {
      const piece = chunk.subarray(from, from + this.partBytes - this.inPart);
      this.part.update(piece);
      this.inPart += piece.length;
      from += piece.length;
      if (this.inPart < this.partBytes) continue;
      this.done.push(this.part.digest());
      this.part = createHash("sha256");
      this.inPart = 0;
    }
  }
}
