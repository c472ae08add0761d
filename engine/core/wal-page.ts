/**
 * The header of a page of the write-ahead log (PostgreSQL's src/include/access/xlog_internal.h). Numbers are stored as the
 * machine has them: little-endian on everything Holdfast's embedded server runs on.
 */

/** `XLOG_BLCKSZ`, of every server that was not built otherwise on purpose. */
export const PAGE_BYTES = 8192;
/** `SizeOfXLogShortPHD`: 20 bytes, and 4 so that records begin at a multiple of 8. */
const SHORT_HEADER_BYTES = 24;
/** `SizeOfXLogLongPHD`, of the first page of each segment. */
const LONG_HEADER_BYTES = 40;

/** `XLOG_PAGE_MAGIC` of the majors 14 to 18, whose records have the same shape. */
const MAJOR_OF_MAGIC: ReadonlyMap<number, number> = new Map([
  [0xd10d, 14],
  [0xd110, 15],
  [0xd113, 16],
  [0xd116, 17],
  [0xd118, 18],
]);

/** `xlp_info`: the page begins with the rest of a record. */
const FIRST_IS_CONTRECORD = 0x0001;
const LONG_HEADER = 0x0002;
/** A record begun on the page before was given up by a crash; this page does not go on with it. */
const OVERWRITES_CONTRECORD = 0x0008;
const ALL_FLAGS = 0x000f;

export interface WalPage {
  /** Of the server that wrote it. */
  readonly major: number;
  readonly timeline: number;
  readonly address: bigint;
  /** Bytes of a record that began on an earlier page; 0: it begins with one of its own. */
  readonly remaining: number;
  readonly givesUpRecord: boolean;
  readonly headerBytes: number;
  /** Of the first page of a segment. */
  readonly segment: { readonly systemIdentifier: bigint; readonly bytes: number } | undefined;
}

/** Undefined where no page header stands there. */
export function readWalPage(view: DataView, at: number): WalPage | undefined {
  const major = MAJOR_OF_MAGIC.get(view.getUint16(at, true));
  const info = view.getUint16(at + 2, true);
  if (major === undefined || (info & ~ALL_FLAGS) !== 0) return undefined;
  const isLong = (info & LONG_HEADER) !== 0;
  if (isLong && view.getUint32(at + 36, true) !== PAGE_BYTES) return undefined;
  const remaining = view.getUint32(at + 16, true);
  if (remaining > 0 !== ((info & FIRST_IS_CONTRECORD) !== 0)) return undefined;
  return {
    major,
    timeline: view.getUint32(at + 4, true),
    address: view.getBigUint64(at + 8, true),
    remaining,
    givesUpRecord: (info & OVERWRITES_CONTRECORD) !== 0,
    headerBytes: isLong ? LONG_HEADER_BYTES : SHORT_HEADER_BYTES,
    segment: isLong
      ? { systemIdentifier: view.getBigUint64(at + 24, true), bytes: view.getUint32(at + 32, true) }
      : undefined,
  };
}
