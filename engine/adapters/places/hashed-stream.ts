import { createHash } from "node:crypto";

/** What went by. */
export interface Passed {
  bytes: number;
  /** Hexadecimal; set at the end. */
  sha256: string;
}

/** Passes a stream on and notes its length and SHA-256 in `passed`. */
export async function* hashed(
  chunks: AsyncIterable<Uint8Array>,
  passed: Passed,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  for await (const chunk of chunks) {
    hash.update(chunk);
    passed.bytes += chunk.length;
    onBytes(chunk.length);
    yield chunk;
  }
  passed.sha256 = hash.digest("hex");
}

export function nothingPassed(): Passed {
  return { bytes: 0, sha256: "" };
}
