import { killSwitch } from "./adapters/kill-switch.js";
import type { LocalInstance } from "./adapters/local/instance-file.js";
import { systemClock } from "./adapters/system-clock.js";
import type { ByHandRequest } from "./by-hand.js";
import type { DatabaseConnection } from "./core/database-connection.js";
import type { BackupPort } from "./core/ports.js";
import { WHY_SNAPSHOTS_ARE_UNPROVEN } from "./core/snapshot-proof.js";
import { progressOf, signalOf } from "./run-context.js";

/** What tells how a database is backed up; nothing: Holdfast has no way. */
export interface BackedUp {
  /** Set for an embedded database of this machine: by base backups. */
  readonly local?: LocalInstance;
  /** Set for a database of RDS or Aurora: by snapshots. */
  readonly aws?: DatabaseConnection;
}

/** Loaded only when a backup is taken: the commonest deploy has nothing to do. */
export function bindBackups(request: ByHandRequest, { local, aws }: BackedUp): BackupPort | undefined {
  if (local !== undefined) return baseBackups(request, local);
  if (aws !== undefined) return rdsSnapshots(request, aws);
  return undefined;
}

function baseBackups(request: ByHandRequest, instance: LocalInstance): BackupPort {
  const load = async (): Promise<BackupPort> => {
    const { localBackups } = await import("./adapters/backup/local-backups.js");
    const environment = request.environment ?? instance.name;
    const now = (): Date => systemClock.now();
    return localBackups({ instance, environment, now, ...watching(request) });
  };
  return lazily(load);
}

function rdsSnapshots(request: ByHandRequest, connection: DatabaseConnection): BackupPort {
  const load = async (): Promise<BackupPort> => {
    const { rdsBackups } = await import("./adapters/aws/snapshot-backups.js");
    const environment = request.environment ?? connection.instance;
    return rdsBackups({ connection, environment, clock: systemClock, ...watching(request) });
  };
  return { ...lazily(load), whyUnproven: WHY_SNAPSHOTS_ARE_UNPROVEN };
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
