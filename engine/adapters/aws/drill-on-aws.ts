import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { DatabaseConnection } from "../../core/database-connection.js";
import { HoldfastError } from "../../core/errors.js";
import { whyNotProven, type Inspect, type Inspection, type Proof } from "../../core/inspection.js";
import type { Progress } from "../../core/ports.js";
import { restoredIdentifier } from "../../core/restored-identifier.js";
import { tagValue } from "../../core/snapshot-name.js";
import { catalogueFolder, readEntry, writeProof } from "../backup/catalogue-folder.js";
import { dataRoot } from "../local/data-root.js";
import { systemClock } from "../system-clock.js";
import { awaitDatabase, type Awaited } from "./await-database.js";
import { awsError } from "./aws-errors.js";
import { awsSettings, regionOf } from "./aws-settings.js";
import { chooseRestore, type ChosenRestore } from "./choose-restore.js";
import type { NewDatabase } from "./cloud-database.js";
import { databaseApi } from "./database-api.js";
import { completeSnapshots } from "./last-snapshot.js";
import { outlastFaults, PATIENCE, type Asking, type Patience } from "./outlast-faults.js";
import { connectionTo, findLive, wishFor, type RestoreSite } from "./restore-on-aws.js";
import { snapshotApi } from "./snapshot-api.js";
import { DRILL_TAG, PROVEN_TAG, RUN_TAG } from "./snapshot-tags.js";
import { startRestore } from "./start-restore.js";
import { clearThrowAways, isOfRun, removeThrowAway } from "./throw-away.js";

export interface AwsDrillRequest {
  /** Of the live database. */
  readonly connection: DatabaseConnection;
  /** Of the snapshot. Default: the newest. */
  readonly id?: string | undefined;
  readonly inspect: Inspect;
  /** Of the data root whose catalogue notes the proof, too. Default: dataRoot(). */
  readonly root?: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** What was proven. */
export interface SnapshotProof extends Proof {
  readonly id: string;
}

/** How AWS is asked. */
export type DrillSite = Omit<RestoreSite, "settle">;

const POLL_MS = 10_000;
/** For deleting the throw-away: who stopped the drill does not wait long. */
const CLEANING: Patience = { faultsMs: 60_000, credentialsMs: 0, busyMs: 60_000 };

/**
 * Restores a snapshot into a database that is thrown away, has it looked through, deletes it, and notes the proof on the snapshot
 * itself, where every machine sees it. That takes AWS from minutes to hours, and costs that database for as long.
 *
 * @throws HoldfastError drill_failed where what is restored is not what was backed up; restore_failed, interrupted; what awsError
 * names
 */
export function drillOnAws(request: AwsDrillRequest): Promise<SnapshotProof> {
  const { connection, progress, signal } = request;
  const asking: Asking = { clock: systemClock, pollMs: POLL_MS, patience: PATIENCE, progress, signal };
  const apis = { api: databaseApi(connection.kind, regionOf(connection)), snapshots: snapshotApi(connection) };
  return drillAt({ ...asking, ...apis }, request);
}

/** The same over any API and at any pace. */
export async function drillAt(site: DrillSite, request: AwsDrillRequest): Promise<SnapshotProof> {
  const { connection, id, progress, inspect } = request;
  const awaited = { ...site, of: connection.instance };
  const drill = { awaited, connection, owner: tagValue(`${connection.project}/${connection.instance}`) };
  progress({ kind: "drill", state: "started" });
  const since = performance.now();
  await clearThrowAways(awaited, drill.owner);
  const live = await findLive(awaited, connection);
  const snapshots = await completeSnapshots(connection, site.snapshots);
  const chosen = chooseRestore({ kind: "backup", ...(id !== undefined && { id }) }, live, snapshots);
  const checked = await inThrowAway(
    drill,
    chosen,
    wishFor(connection, live, chosen, identifierOf(connection)),
    inspect,
  );
  const why = whyNotProven(checked);
  if (why !== undefined) throw notProven(chosen.from, why);
  const proof = { provenAt: site.clock.now(), tookMs: Math.round(performance.now() - since), checked };
  await noteProof(site, snapshots.find((one) => one.id === chosen.from)?.arn ?? "", proof);
  await noteHere(request, chosen.from, proof);
  progress({ kind: "drill", state: "done" });
  return { id: chosen.from, ...proof };
}

interface Drill {
  readonly awaited: Awaited;
  readonly connection: DatabaseConnection;
  /** As its throw-aways say whose they are. */
  readonly owner: string;
}

function identifierOf({ kind, identifier = "" }: DatabaseConnection): string {
  const name = `drill-${randomUUID().slice(0, 8)}`;
  return restoredIdentifier(kind === "aurora" ? "aurora" : "rds", identifier, name) ?? name;
}

async function inThrowAway(
  { awaited, connection, owner }: Drill,
  chosen: ChosenRestore,
  like: NewDatabase,
  inspect: Inspect,
): Promise<Inspection> {
  const wish: NewDatabase = { ...like, isProtected: false, tags: { ...like.tags, [DRILL_TAG]: owner } };
  const isOurs = isOfRun(owner, wish.tags[RUN_TAG] ?? "");
  try {
    await startRestore(awaited, chosen, wish);
    const found = await awaitDatabase(awaited, wish);
    const settings = await awsSettings(connectionTo(connection, found, connection.instance));
    const expected = chosen.holds === null ? null : { tables: null, ...chosen.holds };
    return await inspect({ connection: settings, expected });
  } finally {
    const signal = new AbortController().signal;
    await removeThrowAway({ ...awaited, signal, patience: CLEANING }, wish.identifier, isOurs);
  }
}

async function noteProof(site: DrillSite, arn: string, { provenAt }: Proof): Promise<void> {
  const request = site.snapshots.request("tag");
  const tags = { [PROVEN_TAG]: provenAt.toISOString() };
  await outlastFaults(site, request, () => site.snapshots.tag(arn, tags)).catch((error: unknown) => {
    throw awsError(error, request);
  });
}

/** Another machine may have taken the snapshot; what counts is noted in AWS by then. */
async function noteHere({ connection, root = dataRoot() }: AwsDrillRequest, id: string, proof: Proof): Promise<void> {
  const { project, instance } = connection;
  const path = join(catalogueFolder({ root, project, instance }), id);
  if ((await readEntry(path).catch(() => undefined)) !== undefined) await writeProof({ path }, proof);
}

function notProven(id: string, why: string): HoldfastError {
  return new HoldfastError("drill_failed", `The snapshot ${id} is not proven. ${why}.`, {
    next: "Keep this snapshot for examination, take another one, and drill that.",
  });
}
