import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { WalEnd } from "../../core/wal-end.js";
import { segmentStart } from "../../core/wal-position.js";
import { goesOnBehind } from "../../core/wal-rest-of-page.js";
import { WalWalk } from "../../core/wal-records.js";
import { isSegment, segmentAfter, timelineOf } from "../../core/wal-segments.js";
import type { WalFile } from "./recover-cluster.js";

/** Where a log is to be read. */
export interface WalPlace {
  /** What the server has archived: whole segments. */
  readonly archive: string;
  /** The pg_wal of a server that is down, for what it had not archived yet. */
  readonly unarchived?: string | undefined;
  /** SHA-256 (hex) of archived segments, as far as they were noted. */
  readonly ledger: ReadonlyMap<string, string>;
}

export interface WalStretch {
  /** The last segment that the base backup holds itself. */
  readonly after: string;
  /** The last one that is needed. Default: as far as the log reaches. */
  readonly last?: string | undefined;
}

/** The log behind a base backup, each record of it read and judged. */
export interface WalTrail {
  /** Without a gap and without a fault, in order. */
  readonly segments: readonly WalFile[];
  /** Behind its last record, in bytes since the log's beginning; undefined: there is nothing behind the base. */
  readonly end: bigint | undefined;
  /** Set: it goes on, but not from here. */
  readonly fault: WalFault | undefined;
}

export interface WalFault {
  readonly segment: string;
  /** A sentence that names the file. */
  readonly message: string;
}

/**
 * Follows the log from a base backup on. Recovery itself takes a damaged segment for the end of the log, and a missing one too:
 * so all of it is read before anything is restored.
 */
export async function followWal(place: WalPlace, { after, last }: WalStretch): Promise<WalTrail> {
  const archived = await segmentsIn(place.archive, after);
  const unarchived = place.unarchived === undefined ? [] : await segmentsIn(place.unarchived, after);
  const furthest = last ?? archived.at(-1) ?? after;
  const segmentBytes = await sizeOfSegments(place, [...archived, ...unarchived]);
  const found: WalFile[] = [];
  const start = segmentAfter(after, segmentBytes);
  const walk = new WalWalk(segmentStart(start, segmentBytes));
  const isWanted = (name: string): boolean => last === undefined || name <= last;
  let fault: WalFault | undefined;
  let brokenOff: string | undefined;
  for (let name = start; fault === undefined && isWanted(name); name = segmentAfter(name, segmentBytes)) {
    const isArchived = archived.includes(name);
    if (!isArchived && !unarchived.includes(name)) {
      if (name <= furthest) fault = { segment: name, message: `${join(place.archive, name)} is missing.` };
      break;
    }
    const path = join(isArchived ? place.archive : (place.unarchived ?? ""), name);
    const bytes = await readFile(path);
    fault = isArchived ? judgeFile({ name, path }, bytes, segmentBytes, place.ledger) : undefined;
    if (fault === undefined) {
      walk.add({ name, bytes });
      found.push({ name, path });
      if (isArchived && brokenOff === undefined && isUnwritten(walk.finish())) brokenOff = name;
    }
  }
  if (found.length === 0) return { segments: [], end: undefined, fault };
  return judgeEnd({ found, archived, brokenOff, segmentBytes, fault }, walk.finish());
}

interface Walked {
  readonly found: readonly WalFile[];
  readonly archived: readonly string[];
  /** What is archived was closed by a switch or written to its end; the one that was not. */
  readonly brokenOff: string | undefined;
  readonly segmentBytes: number;
  readonly fault: WalFault | undefined;
}

/** With the last segment the log breaks off within a record, of which nothing follows anywhere. */
const INCOMPLETE = /not complete/;
/** The page on which a record should go on was never written. */
const CUT_OFF = /does not go on/;

function isUnwritten(end: WalEnd): boolean {
  return end.kind === "ended" && end.by === "unwritten";
}

async function judgeEnd(walked: Walked, end: WalEnd): Promise<WalTrail> {
  const { found, brokenOff, segmentBytes, fault } = walked;
  const isBefore = ({ name }: WalFile): boolean => segmentStart(name, segmentBytes) < end.lsn;
  const segments = found.filter(isBefore);
  if (end.kind === "ended") {
    if (brokenOff === undefined) return { segments, end: end.lsn, fault };
    return { segments, end: end.lsn, fault: faultIn(found, brokenOff, "its log breaks off") };
  }
  const isDeath = end.isLast && fault === undefined && (await isDeathOfServer(walked, end));
  if (isDeath) return { segments, end: end.lsn, fault: undefined };
  // What a missing segment cut off is told by the segment that is missing.
  if (fault !== undefined && INCOMPLETE.test(end.what)) return { segments, end: end.lsn, fault };
  return { segments, end: end.lsn, fault: faultIn(found, end.segment, `${end.what}, at byte ${end.offset}`) };
}

/**
 * A server that dies while it writes leaves its last record incomplete, and nothing behind it: an end, no damage. What is
 * archived was whole, so within that it is damage.
 */
async function isDeathOfServer(
  { found, archived }: Walked,
  { segment, offset, what }: Extract<WalEnd, { kind: "damaged" }>,
): Promise<boolean> {
  if (INCOMPLETE.test(what)) return true;
  const last = found.at(-1);
  if (CUT_OFF.test(what)) return last !== undefined && !archived.includes(last.name);
  const path = found.find(({ name }) => name === segment)?.path;
  if (path === undefined || archived.includes(segment)) return false;
  return !goesOnBehind({ name: segment, bytes: await readFile(path) }, offset);
}

function faultIn(found: readonly WalFile[], segment: string, what: string): WalFault {
  const path = found.find(({ name }) => name === segment)?.path ?? segment;
  return { segment, message: `${path} is damaged: ${what}.` };
}

function judgeFile(
  { name, path }: WalFile,
  bytes: Buffer,
  segmentBytes: number,
  ledger: ReadonlyMap<string, string>,
): WalFault | undefined {
  if (bytes.length !== segmentBytes) {
    return { segment: name, message: `${path} is ${bytes.length} bytes long instead of ${segmentBytes}.` };
  }
  const noted = ledger.get(name);
  if (noted === undefined || createHash("sha256").update(bytes).digest("hex") === noted) return undefined;
  return { segment: name, message: `${path} was changed since it was archived: its SHA-256 is not the one noted.` };
}

/** Behind the one given, on its timeline, in order. */
async function segmentsIn(folder: string, after: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => isSegment(name) && timelineOf(name) === timelineOf(after) && name > after).sort();
}

/** `initdb --wal-segsize` of Holdfast's own clusters. */
const USUAL_BYTES = 4 * 1024 * 1024;

/** All are of one size; the one that most have, since some may be damaged. */
async function sizeOfSegments({ archive, unarchived }: WalPlace, names: readonly string[]): Promise<number> {
  const counts = new Map<number, number>();
  for (const name of names) {
    for (const folder of [archive, unarchived]) {
      const size = folder === undefined ? undefined : await sizeOf(join(folder, name));
      if (size !== undefined) counts.set(size, (counts.get(size) ?? 0) + 1);
    }
  }
  const [[bytes] = [USUAL_BYTES]] = [...counts].toSorted(([, a], [, b]) => b - a);
  return bytes;
}

async function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ size }) => size,
    () => undefined,
  );
}
