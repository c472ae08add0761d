import { join } from "node:path";
import { isBase, isPoint, type BaseEntry, type LocalEntry, type PointEntry } from "../../core/catalogue.js";
import { chooseBase, nextBest, segmentBehind, type RecoveryGoal } from "../../core/choose-base.js";
import { HoldfastError } from "../../core/errors.js";
import type { Progress } from "../../core/ports.js";
import { readLsn } from "../../core/wal-position.js";
import { isLocalInstanceRunning } from "../local/instances.js";
import type { LocalInstance } from "../local/instance-file.js";
import { archiveLastWal } from "./archive-last-wal.js";
import { damaged } from "./catalogue-folder.js";
import { findFetchedWal } from "./fetched-wal.js";
import { entriesOfCluster, findCluster, ledgerOfCluster, type ClusterName } from "./find-cluster.js";
import { followWal, type WalFault, type WalStretch, type WalTrail } from "./follow-wal.js";
import type { RecoveryEnd, WalFile } from "./recover-cluster.js";

/** What a restore does, with everything it needs looked for and judged. */
export interface RestorePlan {
  readonly base: BaseEntry;
  readonly end: RecoveryEnd;
  readonly wal: readonly WalFile[];
  /** How far the log must be followed where recovery goes to its end; in bytes since the log's beginning. */
  readonly logEnd: bigint | undefined;
  /** Set where the log breaks off: the goal may lie before that, else this is why it cannot be reached. */
  readonly broken: HoldfastError | undefined;
}

export interface PlanWatch {
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/**
 * The way back to the instant a backup was taken at.
 *
 * @throws HoldfastError backup_damaged, restore_failed
 */
export async function planEntry(root: string, entry: LocalEntry, watch: PlanWatch): Promise<RestorePlan> {
  const end = { restorePoint: entry.manifest.wal.restorePoint };
  if (isBase(entry)) return { base: entry, end, wal: [], logEnd: undefined, broken: undefined };
  if (!isPoint(entry)) throw new Error("neither a base backup nor a restore point");
  const cluster = { root, project: entry.manifest.project, resourceId: entry.manifest.resourceId };
  const entries = await entriesOfCluster(cluster);
  const base = baseOf(entry, entries);
  const stretch = { after: base.manifest.wal.lastSegment, last: entry.manifest.wal.lastSegment };
  const trail = await follow({ cluster, base, watch }, stretch);
  if (trail.fault !== undefined) throw brokenTrail(trail.fault, entries, entry.takenAt);
  return { base, end, wal: trail.segments, logEnd: undefined, broken: undefined };
}

function baseOf({ id, path, manifest }: PointEntry, entries: readonly LocalEntry[]): BaseEntry {
  const base = entries.filter(isBase).find((entry) => entry.id === manifest.base);
  if (base !== undefined) return base;
  throw withNextBest(damaged(`The base backup ${manifest.base}, on which ${path} stands, is missing.`), entries, {
    base: id,
  });
}

/**
 * The way to any place of the log of one cluster.
 *
 * @param base of that cluster, before the goal
 * @throws HoldfastError backup_damaged where the log breaks off before a goal whose place is known, restore_failed
 */
export async function planGoal(cluster: ClusterName, goal: RecoveryGoal, watch: PlanWatch): Promise<RestorePlan> {
  const entries = await entriesOfCluster(cluster);
  const base = chooseBase(entries, goal);
  if (base === undefined) throw new Error("no base backup before the goal");
  const last = goal.kind === "instant" ? segmentBehind(entries, base, goal.at) : undefined;
  const trail = await follow({ cluster, base, watch }, { after: base.manifest.wal.lastSegment, last });
  const wanted = goal.kind === "instant" ? goal.at : undefined;
  const broken = trail.fault === undefined ? undefined : brokenTrail(trail.fault, entries, wanted);
  if (broken !== undefined && !leadsTo(trail, goal)) throw broken;
  return { base, end: endOf(goal), wal: trail.segments, logEnd: trail.end, broken };
}

/** Whether a log that breaks off may lead to the goal all the same. Of an instant only recovery itself tells. */
function leadsTo({ end }: WalTrail, goal: RecoveryGoal): boolean {
  if (goal.kind === "lsn") return end !== undefined && end > readLsn(goal.lsn);
  return goal.kind === "instant";
}

function endOf(goal: RecoveryGoal): RecoveryEnd {
  switch (goal.kind) {
    case "latest":
      return { allWal: true };
    case "lsn":
      return { before: goal.lsn };
    case "instant": {
      const micros = String(goal.micros ?? 0).padStart(3, "0");
      return { time: goal.at.toISOString().replace("Z", `${micros}+00`) };
    }
  }
}

interface Following {
  readonly cluster: ClusterName;
  readonly base: BaseEntry;
  readonly watch: PlanWatch;
}

async function follow({ cluster, base, watch }: Following, stretch: WalStretch): Promise<WalTrail> {
  const instance = await findCluster(cluster);
  const archive = instance?.walDirectory ?? (await findFetchedWal({ ...cluster, instance: base.manifest.instance }));
  if (archive === undefined) throw archiveGone(cluster, base);
  const needsPgWal =
    instance !== undefined && stretch.last === undefined && !(await isLastWalArchived(instance, watch));
  return followWal(
    {
      archive,
      unarchived: needsPgWal ? join(instance.dataDirectory, "pg_wal") : undefined,
      ledger: await readLedger(cluster, watch),
    },
    stretch,
  );
}

/** A running server archives what is left when it is asked to; of one that is down, or cannot archive, the files are read. */
async function isLastWalArchived(instance: LocalInstance, { progress, signal }: PlanWatch): Promise<boolean> {
  if (!(await isLocalInstanceRunning(instance))) return false;
  try {
    await archiveLastWal(instance, signal);
    return true;
  } catch (error) {
    if (signal.aborted) throw error;
    progress({ kind: "note", message: `${(error as Error).message} Its last WAL is read from its pg_wal.` });
    return false;
  }
}

/** Without it the log is judged by the checksums of its records alone. */
async function readLedger(cluster: ClusterName, { progress }: PlanWatch): Promise<ReadonlyMap<string, string>> {
  try {
    return await ledgerOfCluster(cluster);
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    progress({ kind: "note", message: `${error.message} The log is judged by the checksums of its records alone.` });
    return new Map();
  }
}

function archiveGone({ project, resourceId }: ClusterName, { id, manifest }: BaseEntry): HoldfastError {
  return new HoldfastError(
    "restore_failed",
    `The WAL archive that continues backup ${id} is gone: no instance of ${project} has the resource id ${resourceId}.`,
    { next: `Restore the backup alone: holdfast restore ${manifest.instance} --backup ${id} --as <new name>` },
  );
}

function brokenTrail({ segment, message }: WalFault, entries: readonly LocalEntry[], wanted?: Date): HoldfastError {
  const fault = damaged(`The write-ahead log does not lead there: ${message}`);
  return withNextBest(fault, entries, { segment }, wanted);
}

/** Names what to restore in place of it. */
export function withNextBest(
  fault: HoldfastError,
  entries: readonly LocalEntry[],
  damage: { readonly segment: string } | { readonly base: string },
  wanted?: Date,
): HoldfastError {
  const best = nextBest(entries, damage, wanted);
  const next =
    best === undefined
      ? "No other backup of this database does without it. Leave it for examination."
      : `The next best is ${best.id}, taken ${best.takenAt.toISOString()}: ${best.manifest.howToRestore}\nLeave the damaged file for examination.`;
  return new HoldfastError(fault.code, fault.message, { ...fault.details, next }, { cause: fault });
}
