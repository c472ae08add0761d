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
  const segments: string[] = [];
  for (let each = number(first); each <= number(last); each += 1n) {
    segments.push(first.slice(0, 8) + hexadecimal(each / perUpperHalf) + hexadecimal(each % perUpperHalf));
  }
  return segments;
}

/** The one that follows, on the same timeline. */
export function segmentAfter(segment: string, segmentBytes: number): string {
  const perUpperHalf = 0x1_0000_0000 / segmentBytes;
  const upper = Number.parseInt(segment.slice(8, 16), 16);
  const lower = Number.parseInt(segment.slice(16), 16);
  const [nextUpper, nextLower] = lower + 1 === perUpperHalf ? [upper + 1, 0] : [upper, lower + 1];
  return segment.slice(0, 8) + hexadecimal(nextUpper) + hexadecimal(nextLower);
}

/** Whether it is the name of a whole segment: not a partial one, a history or a backup label. */
export function isSegment(name: string): boolean {
  return /^[0-9A-F]{24}$/.test(name);
}

/** 1 for a cluster that was never restored. */
export function timelineOf(segment: string): number {
  return Number.parseInt(segment.slice(0, 8), 16);
}

/** Both included; without `last` all that follows. */
export interface WalRange {
  readonly first: string;
  readonly last?: string;
}

/**
 * Which files of a WAL archive no restore needs any more: segments, partial ones and backup labels that lie in none of the
 * ranges. The timeline is left out of the comparison, and its history files stay, as pg_archivecleanup does it (manual,
 * pg_archivecleanup). Where nothing is known to be needed, nothing goes.
 */
export function expendableWal(files: readonly string[], needed: readonly WalRange[]): readonly string[] {
  const position = (segment: string) => segment.slice(8, 24);
  const isNeeded = (file: string) =>
    needed.some(
      ({ first, last }) =>
        position(file) >= position(first) && (last === undefined || position(file) <= position(last)),
    );
  return needed.length === 0 ? [] : files.filter((file) => SEGMENT.test(file) && !isNeeded(file));
}

/** The segment whose position comes first, whatever its timeline. */
export function oldestSegment(segments: readonly string[]): string | undefined {
  return segments.toSorted((a, b) => (a.slice(8) < b.slice(8) ? -1 : 1))[0];
}

function hexadecimal(value: bigint | number): string {
  return value.toString(16).toUpperCase().padStart(8, "0");
}
