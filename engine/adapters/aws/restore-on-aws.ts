import { randomUUID } from "node:crypto";
import type { ConnectionSettings } from "../../core/connection-settings.js";
import type { DatabaseConnection } from "../../core/database-connection.js";
import { HoldfastError } from "../../core/errors.js";
import type { Progress } from "../../core/ports.js";
import type { RestoredDatabase, RestoreTarget } from "../../core/restored-database.js";
import { restoredIdentifier } from "../../core/restored-identifier.js";
import { endOpenRuns, markEnvironmentEverywhere } from "../backup/mark-environment.js";
import { pgSessions } from "../pg-session.js";
import { systemClock } from "../system-clock.js";
import { awaitDatabase, lookUp, type Awaited } from "./await-database.js";
import { awsError } from "./aws-errors.js";
import { awsSettings, regionOf } from "./aws-settings.js";
import { chooseRestore, type ChosenRestore } from "./choose-restore.js";
import type { CloudDatabase, NewDatabase } from "./cloud-database.js";
import { databaseApi } from "./database-api.js";
import { completeSnapshots } from "./last-snapshot.js";
import { outlastFaults, PATIENCE, type Asking } from "./outlast-faults.js";
import { refuseTakenName, register } from "./registered-databases.js";
import { startRestore } from "./start-restore.js";
import { snapshotApi, type SnapshotApi } from "./snapshot-api.js";
import { clean, INSTANCE_TAG, PROJECT_TAG, RESTORED_TAG, RESTORE_TAG, RUN_TAG } from "./snapshot-tags.js";

export interface AwsRestoreRequest {
  /** The live database. */
  readonly connection: DatabaseConnection;
  readonly target: RestoreTarget;
  /** For a target `before`: when that migration began, where the history knows. */
  readonly began?: Date | undefined;
  /** Name of the new instance, and what its environment marker says from now on. */
  readonly as: string;
  /** Of the data root in which it is registered. Default: dataRoot(). */
  readonly root?: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** How AWS is asked, and what is done with a database that answers. */
export interface RestoreSite extends Asking, Pick<Awaited, "api"> {
  readonly snapshots: SnapshotApi;
  /** Makes the copy a database of its own: its marker, and the run that took the snapshot is over there. */
  readonly settle: (connection: ConnectionSettings, as: string) => Promise<void>;
}

/** Between two looks: AWS counts requests by account and region, and a restore takes minutes at least. */
const POLL_MS = 10_000;

/**
 * Restores beside, never over: a database of its own, with the network, the parameters and the login of the first, which AWS makes
 * of a snapshot or of its automated backups. It is protected against deletion, and registered in the data root under `as`.
 *
 * @throws HoldfastError invalid_usage where the name is taken or there is no such backup; restore_failed; interrupted; what
 * awsError names where AWS could not be asked
 */
export function restoreOnAws(request: AwsRestoreRequest): Promise<RestoredDatabase> {
  const { connection, progress, signal } = request;
  const asking = { clock: systemClock, pollMs: POLL_MS, patience: PATIENCE, progress, signal };
  const apis = { api: databaseApi(connection.kind, regionOf(connection)), snapshots: snapshotApi(connection) };
  return restoreAt({ ...asking, ...apis, settle }, request);
}

/** The same over any API and at any pace. */
export async function restoreAt(site: RestoreSite, request: AwsRestoreRequest): Promise<RestoredDatabase> {
  const { connection, target, as, root, progress } = request;
  const name = { project: connection.project, name: as, ...(root !== undefined && { root }) };
  const identifier = identifierOf(connection, as);
  await refuseTakenName(name, connection.instance, identifier);
  const awaited = { ...site, of: connection.instance };
  const live = await findLive(awaited, connection);
  const chosen = chooseRestore(target, live, await completeSnapshots(connection, site.snapshots), request.began);
  if ("database" in chosen.source) refuseOther(live, connection);
  progress({ kind: "restore", state: "started" });
  const wish = wishFor(connection, live, chosen, identifier);
  await startRestore(awaited, chosen, wish);
  const found = await awaitDatabase(awaited, wish);
  const made = connectionTo(connection, found, as);
  const settings = await awsSettings(made);
  await site.settle(settings, as);
  await register(name, { connection: made, of: connection.instance, restoredFrom: chosen.from });
  await finish(awaited, found);
  progress({ kind: "restore", state: "done" });
  const { backup, reachedAt, isEnd, holds } = chosen;
  const expected = holds === null ? null : { tables: null, ...holds };
  return { name: as, backup, connection: settings, resourceId: found.resourceId, reachedAt, isEnd, expected };
}

function identifierOf({ kind, identifier = "" }: DatabaseConnection, as: string): string {
  const made = restoredIdentifier(kind === "aurora" ? "aurora" : "rds", identifier, as);
  if (made !== undefined) return made;
  throw new HoldfastError("invalid_usage", `"${as}" cannot be part of a name on AWS.`, {
    next: "Use letters, digits and single hyphens, at most 50 of them.",
  });
}

/** Its network and parameters are the new one's, too: AWS would choose its own otherwise. */
export async function findLive(
  awaited: Awaited,
  { identifier = "", instance }: DatabaseConnection,
): Promise<CloudDatabase> {
  const live = await lookUp(awaited, identifier);
  if (live !== undefined) return live;
  throw new HoldfastError("restore_failed", `The database ${identifier} of "${instance}" is no longer on AWS.`, {
    next:
      "Its subnet group, security groups and parameters are not known any more, so restore it by AWS's own means, with those of the stack:\n" +
      "holdfast backups, then the command in the backup's manifest (howToRestore). Then adopt it: docs/aws.md.",
  });
}

/** The automated backups are those of the database that bears the name now. */
function refuseOther({ resourceId, identifier }: CloudDatabase, connection: DatabaseConnection): void {
  if (resourceId === connection.resourceId) return;
  throw new HoldfastError(
    "restore_failed",
    `${identifier} is another database now (${resourceId}) than the stack's (${connection.resourceId}).`,
    { next: "Restore a snapshot of the one that is meant: --backup <id>. Nothing was made." },
  );
}

/** A database like the live one, out of that backup, and protected. */
export function wishFor(
  { project, instance, authentication }: DatabaseConnection,
  { settings, port, masterSecret }: CloudDatabase,
  { from }: ChosenRestore,
  identifier: string,
): NewDatabase {
  const tags = clean({
    ...{ [PROJECT_TAG]: project, [INSTANCE_TAG]: instance },
    ...{ [RESTORED_TAG]: from, [RESTORE_TAG]: "under-way", [RUN_TAG]: randomUUID() },
  });
  // Its password in the snapshot is one that RDS has rotated away since.
  const managedPassword = authentication === "secret" && masterSecret !== undefined ? masterSecret : undefined;
  return { ...{ identifier, port, settings, tags }, managedPassword, isProtected: true };
}

/** As the first one is reached, by the new one's endpoint and the secret that RDS made for it. */
export function connectionTo(connection: DatabaseConnection, found: CloudDatabase, as: string): DatabaseConnection {
  const { host = "", port = connection.port, resourceId, identifier, masterSecret } = found;
  const secret = connection.authentication === "secret" && masterSecret !== undefined ? masterSecret.arn : undefined;
  return {
    ...connection,
    ...{ host, port, resourceId, identifier, instance: as },
    ...(secret !== undefined && { secretArn: secret }),
  };
}

async function settle(connection: ConnectionSettings, as: string): Promise<void> {
  const session = await pgSessions(connection).open("migrate");
  try {
    await session.execute(markEnvironmentEverywhere(as));
    await session.execute(endOpenRuns());
  } finally {
    await session.close();
  }
}

async function finish(awaited: Awaited, { arn }: CloudDatabase): Promise<void> {
  const { api, of } = awaited;
  const request = { what: `The restored database of "${of}" could not be marked`, action: api.action("tag") };
  const whole = { ...request, region: api.region };
  await outlastFaults(awaited, whole, () => api.tag(arn, { [RESTORE_TAG]: "done" })).catch((error: unknown) => {
    throw awsError(error, whole);
  });
}
