import { killSwitch } from "./adapters/kill-switch.js";
import type { CatalogueName } from "./adapters/backup/catalogue-folder.js";
import { dataRoot } from "./adapters/local/data-root.js";
import type { LocalInstance } from "./adapters/local/instance-file.js";
import { pgHistoryStore } from "./adapters/pg-history-store.js";
import { pgSessions } from "./adapters/pg-session.js";
import { systemClock } from "./adapters/system-clock.js";
import { withPlaces } from "./bind-places.js";
import type { ByHandRequest } from "./by-hand.js";
import type { BackupPlace } from "./core/backup-place.js";
import type { ConnectionSettings } from "./core/connection-settings.js";
import type { DatabaseConnection } from "./core/database-connection.js";
import { HoldfastError } from "./core/errors.js";
import { fingerprintDigest } from "./core/fingerprint.js";
import type { BackupEntry, BackupPort, Progress } from "./core/ports.js";
import { schemaVersion } from "./core/schema-version.js";
import { progressOf, signalOf } from "./run-context.js";
import { takeFingerprint } from "./steps/take-fingerprint.js";

/** Any other PostgreSQL, and where its dumps are kept. */
export interface DumpedDatabase {
  readonly connection: ConnectionSettings;
  readonly name: CatalogueName;
}

/** What tells how a database is backed up; nothing: Holdfast has no way. */
export interface BackedUp {
  /** Set for an embedded database of this machine: by base backups. */
  readonly local?: LocalInstance | undefined;
  /** Set for a database of RDS or Aurora: by snapshots. */
  readonly aws?: DatabaseConnection | undefined;
  /** Set for any other one: by logical dumps. */
  readonly dump?: DumpedDatabase | undefined;
  /** Any instant of this long back can be restored, in milliseconds; of an embedded database. Default: 7 days. */
  readonly retentionMs?: number | undefined;
  /** Where each backup is copied to, beside. Default: nowhere. */
  readonly places?: readonly BackupPlace[] | undefined;
}

/**
 * Loaded only when a backup is taken: the commonest deploy has nothing to do. Undefined also where a database that can only be
 * dumped goes without, and the request says why.
 */
export function bindBackups(request: ByHandRequest, backedUp: BackedUp): BackupPort | undefined {
  const port = bindKind(request, backedUp);
  const { places = [], aws, retentionMs, local, dump } = backedUp;
  const root = local?.root ?? dump?.name.root ?? dataRoot();
  return port && withPlaces(port, { root, places, aws, retentionMs, ...watching(request) });
}

function bindKind(request: ByHandRequest, backedUp: BackedUp): BackupPort | undefined {
  const { local, aws, dump, retentionMs } = backedUp;
  if (local !== undefined) return baseBackups(request, local, retentionMs);
  if (aws !== undefined) return rdsSnapshots(request, aws);
  if (dump !== undefined && request.noBackupBecause === undefined) return logicalDumps(request, dump, retentionMs);
  return undefined;
}

function baseBackups(request: ByHandRequest, instance: LocalInstance, retentionMs: number | undefined): BackupPort {
  const load = async (): Promise<BackupPort> => {
    const { localBackups } = await import("./adapters/backup/local-backups.js");
    const environment = request.environment ?? instance.name;
    const now = (): Date => systemClock.now();
    const { inspectThrowAway } = await import("./bind-inspection.js");
    const watch = watching(request);
    const inspect = inspectThrowAway({ isThorough: false, ...watch });
    return localBackups({ instance, environment, retentionMs, now, inspect, ...watch });
  };
  return lazily(load);
}

function rdsSnapshots(request: ByHandRequest, connection: DatabaseConnection): BackupPort {
  const load = async (): Promise<BackupPort> => {
    const { rdsBackups } = await import("./adapters/aws/snapshot-backups.js");
    const environment = request.environment ?? connection.instance;
    return rdsBackups({ connection, environment, clock: systemClock, ...watching(request) });
  };
  return { ...lazily(load), whyUnproven: async (oldest) => (await load()).whyUnproven?.(oldest) };
}

function logicalDumps(
  request: ByHandRequest,
  { connection, name }: DumpedDatabase,
  retentionMs: number | undefined,
): BackupPort {
  const load = async (): Promise<BackupPort> => {
    const { dumpBackups } = await import("./adapters/dump/dump-backups.js");
    const environment = request.environment ?? name.instance;
    const now = (): Date => systemClock.now();
    const { inspectThrowAway } = await import("./bind-inspection.js");
    const watch = watching(request);
    const inspect = inspectThrowAway({ isThorough: false, ...watch });
    return dumpBackups({ connection, name, environment, retentionMs, now, inspect, ...watch });
  };
  return lazily(load);
}

function watching(request: ByHandRequest) {
  return { progress: progressOf(request), signal: signalOf(request), killPoint: killSwitch(process.env) };
}

function lazily(load: () => Promise<BackupPort>): BackupPort {
  return {
    take: async (what) => (await load()).take(what),
    drill: async (entry) => (await load()).drill(entry),
    lastProvenAt: async () => (await load()).lastProvenAt(),
  };
}

export interface BackUpRequest extends BackedUp {
  /** As the engine logs in. */
  readonly connection: ConnectionSettings;
  /** As a person calls the instance. */
  readonly name: string;
  /** Kept with the backup. */
  readonly reason: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** A backup by hand; an embedded instance runs. @throws HoldfastError no_backup, backup_failed, interrupted */
export async function backUpInstance(request: BackUpRequest): Promise<BackupEntry> {
  const { connection, name, reason, progress, signal } = request;
  const { state, fingerprint } = await lookAt(connection);
  const environment = state.environment ?? name;
  const backup = bindBackups({ environment, progress, signal }, request);
  if (backup === undefined) throw noWay(name);
  const release = state.releases[0]?.version ?? null;
  const stands = { schemaVersion: schemaVersion(state.history), release, fingerprint };
  return backup.take({ reason, ...stands, pendingVersions: [], contracts: [], isFull: true });
}

async function lookAt(connection: ConnectionSettings) {
  const session = await pgSessions(connection).open("read-only");
  try {
    const state = await pgHistoryStore(connection.schema).load(session);
    return { state, fingerprint: fingerprintDigest(await takeFingerprint(session)) };
  } finally {
    await session.close();
  }
}

function noWay(name: string): HoldfastError {
  return new HoldfastError(
    "no_backup",
    `Holdfast has no way to back up ${name}: it is neither an embedded database nor one of a stack on AWS.`,
    { next: "Back it up by its own means (pg_dump, a snapshot of the provider)." },
  );
}

/** The newest snapshot of a database on AWS that is complete; null: none. @throws HoldfastError as awsError names */
export async function findLastSnapshot(
  connection: DatabaseConnection,
): Promise<Pick<BackupEntry, "id" | "takenAt" | "provenAt"> | null> {
  const { lastSnapshot } = await import("./adapters/aws/last-snapshot.js");
  return lastSnapshot(connection);
}
