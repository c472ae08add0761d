/** What the command line asks of backups. The parts that read and write archives are loaded when they are needed. */
import type { CatalogueName } from "./catalogue-folder.js";
import type { RestoredInstance, RestoreRequest } from "./restore-backup.js";
import { killSwitch } from "../kill-switch.js";
import type { LocalInstance } from "../local/instance-file.js";
import { pgHistoryStore } from "../pg-history-store.js";
import { pgSessions } from "../pg-session.js";
import { systemClock } from "../system-clock.js";
import type { BaseEntry, CatalogueEntry } from "../../core/catalogue.js";
import type { ConnectionSettings } from "../../core/connection-settings.js";
import type { Progress } from "../../core/ports.js";
import { schemaVersion } from "../../core/schema-version.js";

export interface BackUpRequest {
  readonly instance: LocalInstance;
  /** As the engine logs in to it. */
  readonly connection: ConnectionSettings;
  /** Kept in the manifest. */
  readonly reason: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** A backup by hand; the instance runs. @throws HoldfastError backup_failed, interrupted */
export async function backUpInstance(request: BackUpRequest): Promise<CatalogueEntry> {
  const { instance, connection, reason, progress, signal } = request;
  const { takeBackup } = await import("./take-backup.js");
  const session = await pgSessions(connection).open("read-only");
  const state = await pgHistoryStore(connection.schema)
    .load(session)
    .finally(() => session.close());
  const site = { instance, progress, signal, environment: state.environment ?? instance.name };
  return takeBackup(
    { ...site, killPoint: killSwitch(process.env), now: () => systemClock.now() },
    {
      reason,
      schemaVersion: schemaVersion(state.history),
      release: state.releases[0]?.version ?? null,
      pendingVersions: [],
    },
  );
}

/** Beside the instance that was backed up, never over it; see restore-backup.ts. */
export async function restoreInstance(request: RestoreRequest): Promise<RestoredInstance> {
  const { restoreBackup } = await import("./restore-backup.js");
  return restoreBackup(request);
}

/** By id. @throws HoldfastError invalid_usage, backup_damaged */
export async function findInstanceBackup(name: CatalogueName, id: string): Promise<BaseEntry> {
  const { findBackup } = await import("./local-backups.js");
  return findBackup(name, id);
}
