/**
 * Names of write-ahead log files: 24 hexadecimal digits, eight each for timeline, the upper half of the position, and the
 * segment within it (PostgreSQL's src/include/access/xlog_internal.h).
 */
const SEGMENT = /^[0-9A-F]{24}/;

/**
 * All segments from `first` to `last`, both included, of one timeline.
 *
 * @param segmentBytes the cluster's `wal_segment_size`
 */
export function segmentsBetween(first: string, last: string, segmentBytes: number): readonly string[] {
  const perUpperHalf = 0x1_0000_0000n / BigInt(segmentBytes);
  const number = (name: string) => BigInt(`0x${name.slice(8, 16)}`) * perUpperHalf + BigInt(`0x${name.slice(16)}`);
  const hex = (value: bigint) => value.toString(16).toUpperCase().padStart(8, "0");
  const segments: string[] = [];
  for (let each = number(first); each <= number(last); each += 1n) {
    segments.push(first.slice(0, 8) + hex(each / perUpperHalf) + hex(each % perUpperHalf));
  }
  return segments;
}

/**
 * Which files of a WAL archive no restore needs any more: segments, partial ones and backup labels older than `oldestNeeded`.
 * The timeline is left out of the comparison, and its history files stay, as pg_archivecleanup does it (manual, pg_archivecleanup).
 */
export function expendableWal(files: readonly string[], oldestNeeded: string): readonly string[] {
  return files.filter((file) => SEGMENT.test(file) && file.slice(8, 24) < oldestNeeded.slice(8, 24));
}

/** The segment whose position comes first, whatever its timeline. */
export function oldestSegment(segments: readonly string[]): string | undefined {
  return segments.toSorted((a, b) => (a.slice(8) < b.slice(8) ? -1 : 1))[0];
}
