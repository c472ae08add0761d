import type { WalSegment } from "./wal-end.js";
import { PAGE_BYTES } from "./wal-page.js";
import { segmentStart } from "./wal-position.js";
import { WalWalk } from "./wal-records.js";

/** Records begin at a multiple of it. */
const ALIGNMENT = 8;
/** Of a record's link to the one before it, in bytes from its beginning (src/include/access/xlogrecord.h). */
const PREVIOUS_AT = 8;
const HEADER_BYTES = 24;

/**
 * Whether a whole record stands on the same page behind a damaged one. A server writes a page from its beginning on, and
 * zeros behind what it has; so a page on which one follows was not cut off by the server's death.
 *
 * @param offset of the damaged record, in bytes within the segment
 */
export function goesOnBehind(segment: WalSegment, offset: number): boolean {
  const { name, bytes } = segment;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const begin = segmentStart(name, bytes.length);
  const pageEnd = offset - (offset % PAGE_BYTES) + PAGE_BYTES;
  for (let at = offset + ALIGNMENT; at + HEADER_BYTES <= pageEnd; at += ALIGNMENT) {
    const previous = view.getBigUint64(at + PREVIOUS_AT, true);
    const isLinked = previous >= begin + BigInt(offset) && previous < begin + BigInt(at);
    if (isLinked && isRecord(segment, begin + BigInt(at))) return true;
  }
  return false;
}

function isRecord(segment: WalSegment, lsn: bigint): boolean {
  const walk = new WalWalk(lsn);
  walk.add(segment);
  return walk.finish().lsn > lsn;
}
