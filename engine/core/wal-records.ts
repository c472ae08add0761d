import { closeCrc, CRC_START, updateCrc } from "./crc32c.js";
import type { WalEnd, WalSegment } from "./wal-end.js";
import { PAGE_BYTES, readWalPage, type WalPage } from "./wal-page.js";
import { segmentStart, segmentTimeline, writeLsn } from "./wal-position.js";

export type { WalEnd, WalSegment } from "./wal-end.js";

/** `SizeOfXLogRecord` (src/include/access/xlogrecord.h): total length, transaction, previous record, info, manager, CRC. */
const RECORD_HEADER_BYTES = 24;
const CRC_AT = 20;
/** `XLogRecordMaxSize` */
const MAX_RECORD_BYTES = 1020 * 1024 * 1024;
/** Records begin at a multiple of it. */
const ALIGNMENT = 8;
/** Resource manager XLOG, record XLOG_SWITCH: the rest of the segment is not written (src/include/catalog/pg_control.h). */
const RMGR_XLOG = 0;
const XLOG_SWITCH = 0x40;

/** A record that was begun. */
interface OpenRecord {
  readonly segment: string;
  readonly offset: number;
  readonly lsn: bigint;
  readonly total: number;
  taken: number;
  crc: number;
}

/** The segment that is being read. */
interface Reading {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly begin: bigint;
}

interface Stop {
  readonly segment: string;
  readonly offset: number;
  /** Undefined: the log may end here. */
  readonly what: string | undefined;
}

/** Why the walk of a segment is over before its last page. */
type Halt = Stop | "switch" | undefined;

/**
 * Walks the records of a write-ahead log, segment by segment, and judges each as recovery would: page headers, lengths, the
 * link to the record before, the CRC. What recovery does not read (behind a switch, between records) is not judged.
 */
export class WalWalk {
  private expected: bigint | undefined;
  private segmentBytes = 0;
  private systemIdentifier: bigint | undefined;
  private major: number | undefined;
  private timeline = 0;
  private open: OpenRecord | undefined;
  /** The open record's first bytes, which may lie on two pages. One for all: there are many thousands of records. */
  private readonly header = new Uint8Array(RECORD_HEADER_BYTES);
  private readonly headerView = new DataView(this.header.buffer);
  /** Of a record that began before the start. */
  private passing = 0;
  private previous: bigint | undefined;
  private end: bigint;
  private records = 0;
  private by: "switch" | "full" = "full";
  private stop: Stop | undefined;
  /** The page being read, in bytes within its segment. */
  private page = 0;
  private goesOn = false;

  /** @param start of a record, or of a page */
  constructor(private readonly start: bigint) {
    this.end = start;
  }

  /** The segments come in order. */
  add({ name, bytes }: WalSegment): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const reading = { name, bytes, view, begin: segmentStart(name, bytes.length) };
    if (this.stop === undefined) this.read(reading);
    else this.lookForMore(reading, 0);
  }

  private read(reading: Reading): void {
    const { name, bytes, begin } = reading;
    const misplaced = this.misplaced(reading);
    const halt = misplaced === undefined ? this.readPages(reading) : { segment: name, offset: 0, what: misplaced };
    if (halt === "switch" || halt === undefined) this.by = halt ?? "full";
    else {
      this.stop = halt;
      if (misplaced === undefined) this.lookForMore(reading, this.page + PAGE_BYTES);
    }
    this.expected = begin + BigInt(bytes.length);
  }

  finish(): WalEnd {
    const { open, stop } = this;
    const cut = open === undefined ? undefined : { ...at(open), what: "the record there is not complete" };
    const fault = stop?.what === undefined ? (cut ?? (this.goesOn ? this.gap(stop) : undefined)) : stop;
    if (fault !== undefined) {
      const { segment, offset, what = "" } = fault;
      return { kind: "damaged", segment, offset, what, lsn: this.end, isLast: !this.goesOn };
    }
    const by = stop === undefined ? this.by : "unwritten";
    return { kind: "ended", by, lsn: this.end, records: this.records, timeline: this.timeline };
  }

  private gap(stop: Stop | undefined): Stop | undefined {
    return stop && { ...stop, what: "nothing is written there, yet the log goes on behind it" };
  }

  private misplaced({ name, bytes, begin }: Reading): string | undefined {
    const size = bytes.length;
    if (this.expected === undefined) {
      this.segmentBytes = size;
      if (size < PAGE_BYTES || size % PAGE_BYTES !== 0) return `${name} is ${size} bytes long`;
      const isHere = begin <= this.start && this.start < begin + BigInt(size);
      return isHere ? undefined : `${writeLsn(this.start)}, where the log is to begin, is not in ${name}`;
    }
    if (size !== this.segmentBytes) return `${name} is ${size} bytes long instead of ${this.segmentBytes}`;
    return begin === this.expected ? undefined : `the segment before ${name} is missing`;
  }

  private readPages(reading: Reading): Halt {
    const { bytes, begin } = reading;
    const first = this.expected === undefined ? Number(this.start - begin) : 0;
    for (let page = first - (first % PAGE_BYTES); page < bytes.length; page += PAGE_BYTES) {
      this.page = page;
      const header = readWalPage(reading.view, page);
      const fault = this.judgePage(reading, page, header);
      if (fault !== undefined || header === undefined) return fault;
      const halt = this.readRecords(reading, Math.max(page + header.headerBytes, first), page + PAGE_BYTES);
      if (halt !== undefined) return halt;
    }
    return undefined;
  }

  private judgePage(reading: Reading, page: number, header: WalPage | undefined): Stop | undefined {
    const place = { segment: reading.name, offset: page };
    if (header === undefined) {
      const isUnwritten = isZero(reading.bytes, page, page + PAGE_BYTES);
      if (isUnwritten && this.open === undefined) return { ...place, what: undefined };
      return this.open === undefined ? { ...place, what: "no page of a log begins there" } : this.notContinued(page);
    }
    const address = reading.begin + BigInt(page);
    // What a recycled segment still holds is older, and as far away as segments are long.
    if (header.address < address && (address - header.address) % BigInt(reading.bytes.length) === 0n) {
      return this.open === undefined ? { ...place, what: undefined } : this.notContinued(page);
    }
    const what = this.wrongPage(reading, page, header, address);
    if (what !== undefined) return { ...place, what };
    return this.takeUp(header, page, reading);
  }

  private wrongPage(reading: Reading, page: number, header: WalPage, address: bigint): string | undefined {
    const { segment, timeline } = header;
    if (header.address !== address) return `the page there says it is ${writeLsn(header.address)}`;
    if (timeline < this.timeline || timeline > segmentTimeline(reading.name)) {
      return `the page there is of timeline ${timeline}`;
    }
    if (header.major !== (this.major ?? header.major)) return "the page there is of another major version";
    if ((segment !== undefined) !== (page === 0)) return "the page there has the wrong kind of header";
    if (segment !== undefined && segment.bytes !== reading.bytes.length) {
      return `the segment says it is ${segment.bytes} bytes long`;
    }
    const server = segment?.systemIdentifier;
    if (server !== undefined && server !== (this.systemIdentifier ?? server))
      return "the segment is of another cluster";
    this.major = header.major;
    this.timeline = timeline;
    this.systemIdentifier ??= server;
    return undefined;
  }

  /** The rest of a record at the beginning of a page fits the record that was begun. */
  private takeUp({ givesUpRecord, remaining }: WalPage, page: number, reading: Reading): Stop | undefined {
    if (givesUpRecord) this.open = undefined;
    const { open } = this;
    if (open !== undefined) return remaining === open.total - open.taken ? undefined : this.notContinued(page);
    if (remaining === 0 || this.passing === remaining) return undefined;
    if (this.records > 0 || this.passing > 0) {
      return { segment: reading.name, offset: page, what: "the page there goes on with a record that nobody began" };
    }
    // Before the first record: it began before the start. Where the start lies behind it on this page, `first` skips it.
    if (reading.begin + BigInt(page) >= this.start) this.passing = remaining;
    return undefined;
  }

  private notContinued(page: number): Stop | undefined {
    const { open } = this;
    return open && { ...at(open), what: `the record there does not go on in the page at ${page}` };
  }

  private readRecords(reading: Reading, from: number, to: number): Halt {
    let position = from;
    while (position < to) {
      if (this.passing > 0) {
        const skipped = Math.min(this.passing, to - position);
        this.passing -= skipped;
        position = align(position + skipped);
        continue;
      }
      const unbegun = this.open === undefined ? this.begin(reading, position, to) : undefined;
      if (unbegun !== undefined) return unbegun;
      position = this.take(reading, position, to);
      const halt = this.close(reading, position);
      if (halt !== undefined) return halt;
      position = align(position);
    }
    return undefined;
  }

  private begin({ name, view, bytes, begin }: Reading, offset: number, pageEnd: number): Stop | undefined {
    const total = view.getUint32(offset, true);
    if (total === 0) {
      const isUnwritten = isZero(bytes, offset, pageEnd);
      return { segment: name, offset, what: isUnwritten ? undefined : "the record there has no length" };
    }
    if (total < RECORD_HEADER_BYTES || total > MAX_RECORD_BYTES) {
      return { segment: name, offset, what: `the record there says it is ${total} bytes long` };
    }
    this.open = { segment: name, offset, lsn: begin + BigInt(offset), total, taken: 0, crc: CRC_START };
    return undefined;
  }

  /** What of the open record lies on this page. @returns behind it */
  private take({ bytes }: Reading, from: number, to: number): number {
    const { open } = this;
    if (open === undefined) return from;
    const end = from + Math.min(open.total - open.taken, to - from);
    const header = Math.min(Math.max(RECORD_HEADER_BYTES - open.taken, 0), end - from);
    for (let each = 0; each < header; each += 1) this.header[open.taken + each] = bytes[from + each] as number;
    open.crc = updateCrc(open.crc, bytes, from + header, end);
    open.taken += end - from;
    return end;
  }

  /** Judges the open record once it is complete. */
  private close(reading: Reading, position: number): Halt {
    const { open } = this;
    if (open === undefined || open.taken < open.total) return undefined;
    this.open = undefined;
    // The data first, then the header up to the CRC itself (XLogRecordAssemble).
    if (closeCrc(updateCrc(open.crc, this.header, 0, CRC_AT)) !== this.headerView.getUint32(CRC_AT, true)) {
      return { ...at(open), what: "the record there has another CRC than its bytes" };
    }
    const previous = this.headerView.getBigUint64(8, true);
    if (previous !== (this.previous ?? previous)) {
      return { ...at(open), what: `the record there follows one at ${writeLsn(previous)}, which is not here` };
    }
    this.previous = open.lsn;
    this.records += 1;
    this.end = reading.begin + BigInt(align(position));
    const isSwitch = this.header[17] === RMGR_XLOG && ((this.header[16] ?? 0) & 0xf0) === XLOG_SWITCH;
    return isSwitch ? "switch" : undefined;
  }

  /** After the end, or a fault: does a page follow that is in its place? */
  private lookForMore({ bytes, view, begin }: Reading, from: number): void {
    for (let page = from; page < bytes.length && !this.goesOn; page += PAGE_BYTES) {
      const header = readWalPage(view, page);
      this.goesOn = header?.address === begin + BigInt(page);
    }
  }
}

function at({ segment, offset }: OpenRecord) {
  return { segment, offset };
}

function align(position: number): number {
  return Math.ceil(position / ALIGNMENT) * ALIGNMENT;
}

function isZero(bytes: Uint8Array, from: number, to: number): boolean {
  for (let each = from; each < to; each += 1) if (bytes[each] !== 0) return false;
  return true;
}
