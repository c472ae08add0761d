import { readFile } from "node:fs/promises";
import {
  isBase,
  isPoint,
  newestFirst,
  type BaseEntry,
  type LocalEntry,
  type PointEntry,
} from "../../core/catalogue.js";
import { HoldfastError } from "../../core/errors.js";
import type { Damage } from "../../core/verify-report.js";
import { readLsn, writeLsn } from "../../core/wal-position.js";
import type { LocalInstance } from "../local/instance-file.js";
import { entriesOfCluster, findCluster, ledgerOfCluster, type ClusterName } from "./find-cluster.js";
import { followWal, type WalTrail } from "./follow-wal.js";
import { judgeBase } from "./read-base-tar.js";
import { damagedSegments } from "./wal-ledger.js";

/** What is wrong, sentence by sentence, by the backup's id; and what concerns the log behind the newest base. */
export interface LocalDamages {
  readonly byBackup: ReadonlyMap<string, readonly string[]>;
  readonly others: readonly Damage[];
}

export interface LocalVerification {
  readonly cluster: ClusterName;
  /** Of that cluster, those to be judged. */
  readonly entries: readonly LocalEntry[];
  /** Told before each backup is read. */
  readonly onEntry: (id: string) => void;
}

/** Reads base backups of one cluster, the log from each to its restore points, and from the newest to its end. */
export async function verifyLocal({ cluster, entries, onEntry }: LocalVerification): Promise<LocalDamages> {
  const all = newestFirst(await entriesOfCluster(cluster));
  const archive = await openArchive(cluster);
  const wanted = new Set(entries.map(({ id }) => id));
  const byBackup = new Map<string, readonly string[]>();
  const others = [...archive.damages];
  for (const base of all.filter(isBase)) {
    const points = all.filter(isPoint).filter(({ manifest }) => manifest.base === base.id);
    const judged = points.filter(({ id }) => wanted.has(id));
    if (!wanted.has(base.id) && judged.length === 0) continue;
    onEntry(base.id);
    const own = await judgeBase(base);
    byBackup.set(base.id, own);
    const isNewest = base === all.find(isBase);
    const trail = await followFrom(base, points, archive, isNewest);
    for (const point of judged) byBackup.set(point.id, await judgePoint(point, { base, own, trail, archive }));
    if (trail !== undefined && isNewest) others.push(...tailDamages(trail, points, base));
  }
  const bases = new Set(all.filter(isBase).map(({ id }) => id));
  for (const orphan of all.filter(isPoint).filter(({ id, manifest }) => wanted.has(id) && !bases.has(manifest.base))) {
    byBackup.set(orphan.id, [`The base backup ${orphan.manifest.base}, on which ${orphan.path} stands, is missing.`]);
  }
  return { byBackup, others: [...others, ...(await segmentDamages(archive, others))] };
}

interface Archive {
  readonly instance: LocalInstance | undefined;
  readonly ledger: ReadonlyMap<string, string>;
  readonly damages: readonly Damage[];
}

async function openArchive(cluster: ClusterName): Promise<Archive> {
  const instance = await findCluster(cluster);
  try {
    return { instance, ledger: await ledgerOfCluster(cluster), damages: [] };
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    const message = `${error.message} The log is judged by the checksums of its records alone.`;
    return { instance, ledger: new Map(), damages: [{ message }] };
  }
}

/** To its last restore point; from the newest base as far as the log reaches. Undefined: nothing is to be followed. */
async function followFrom(
  base: BaseEntry,
  points: readonly PointEntry[],
  { instance, ledger }: Archive,
  isNewest: boolean,
): Promise<WalTrail | undefined> {
  const last = points
    .map(({ manifest }) => manifest.wal.lastSegment)
    .toSorted()
    .at(-1);
  if (instance === undefined || (last === undefined && !isNewest)) return undefined;
  const place = { archive: instance.walDirectory, ledger };
  return followWal(place, { after: base.manifest.wal.lastSegment, last: isNewest ? undefined : last });
}

interface PointView {
  readonly base: BaseEntry;
  /** What is wrong with the base. */
  readonly own: readonly string[];
  readonly trail: WalTrail | undefined;
  readonly archive: Archive;
}

async function judgePoint(point: PointEntry, { base, own, trail }: PointView): Promise<string[]> {
  const { manifest } = point;
  const faults = own.map((fault) => `Its base ${base.id} is damaged: ${fault}`);
  if (manifest.server.systemIdentifier !== base.manifest.server.systemIdentifier) {
    faults.push(`${point.path} is of another cluster than its base ${base.id}.`);
  }
  if (point.takenAt < base.takenAt) faults.push(`${point.path} is older than its base ${base.id}.`);
  if (trail === undefined) return [...faults, `The WAL archive that leads from ${base.id} to ${point.path} is gone.`];
  if (trail.fault !== undefined && trail.fault.segment <= manifest.wal.lastSegment) {
    return [...faults, `The write-ahead log does not lead there: ${trail.fault.message}`];
  }
  return [...faults, ...(await judgeMark(point, trail))];
}

/** The manifest names a mark in the log: it must be there. */
async function judgeMark({ path, manifest: { wal } }: PointEntry, trail: WalTrail): Promise<string[]> {
  const segment = trail.segments.find(({ name }) => name === wal.lastSegment);
  if (segment === undefined || trail.end === undefined || trail.end < readLsn(wal.lsn)) {
    const end = trail.end === undefined ? "no place" : writeLsn(trail.end);
    return [`${path} needs the log to ${wal.lsn} in ${wal.lastSegment}; it leads to ${end}.`];
  }
  const bytes = await readFile(segment.path);
  return bytes.includes(wal.restorePoint)
    ? []
    : [`${segment.path} does not hold the restore point ${wal.restorePoint} that ${path} names.`];
}

/** Behind the last restore point nothing but instants is lost. */
function tailDamages({ fault }: WalTrail, points: readonly PointEntry[], base: BaseEntry): Damage[] {
  if (fault === undefined || points.some(({ manifest }) => fault.segment <= manifest.wal.lastSegment)) return [];
  const since = points[0] ?? base;
  return [{ message: `Point-in-time recovery ends behind ${since.id}: ${fault.message}` }];
}

/** Whatever else of the archive is not as it was noted. */
async function segmentDamages({ instance, ledger }: Archive, told: readonly Damage[]): Promise<Damage[]> {
  if (instance === undefined) return [];
  const noted = [...ledger.keys()].toSorted();
  const changed = await damagedSegments(ledger, instance.walDirectory, noted);
  return changed
    .filter((segment) => !told.some(({ message }) => message.includes(segment)))
    .map((segment) => ({
      message: `${instance.walDirectory}/${segment} is missing or was changed since it was archived.`,
    }));
}
