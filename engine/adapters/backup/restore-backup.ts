import { join } from "node:path";
import type { BaseEntry } from "../../core/catalogue.js";
import { HoldfastError } from "../../core/errors.js";
import type { Progress } from "../../core/ports.js";
import { compareCounts, type CountDifference } from "../../core/row-counts.js";
import { dataRoot, instanceDirectory } from "../local/data-root.js";
import { findLocalInstance, type LocalInstance } from "../local/instance-file.js";
import { startLocalInstance } from "../local/instances.js";
import { registerLocalInstance } from "../local/register-instance.js";
import { backupFault } from "./backup-fault.js";
import { withBackupSession } from "./backup-session.js";
import { countNow } from "./count-rows.js";
import { endOpenRuns, markEnvironmentEverywhere } from "./mark-environment.js";
import { rebuildCluster } from "./rebuild-cluster.js";
import type { RecoveryEnd } from "./recover-cluster.js";

export interface RestoreRequest {
  /** Default: dataRoot(). */
  readonly root?: string;
  readonly entry: BaseEntry;
  /** Name of the new instance, and what its environment marker says from now on. */
  readonly as: string;
  /**
   * `backup` (default): the instant the backup was taken, before the migrations that followed. `archive`: on from there to
   * the last WAL segment that was archived, for a lost data directory.
   */
  readonly upTo?: "backup" | "archive";
  readonly progress: Progress;
}

export interface RestoredInstance {
  /** Running. */
  readonly instance: LocalInstance;
  /** Rows that are not as the manifest says; undefined where they may differ: after a restore up to the archive's end. */
  readonly differences: readonly CountDifference[] | undefined;
}

/**
 * A second instance beside the one that was backed up, with a resource id, a password, a port and a WAL archive of its own. It
 * appears whole or not at all; it is then started, and its rows are compared with the manifest.
 *
 * @throws HoldfastError backup_damaged, restore_failed, invalid_usage (the name is taken), server_not_started
 */
export async function restoreBackup(request: RestoreRequest): Promise<RestoredInstance> {
  const { entry, as, progress, root = dataRoot(), upTo = "backup" } = request;
  const { manifest, sizeBytes: totalBytes } = entry;
  try {
    const end: RecoveryEnd =
      upTo === "backup" ? { restorePoint: manifest.wal.restorePoint } : { archive: await archiveOf(root, entry) };
    progress({ kind: "restore", state: "started", totalBytes });
    const instance = await registerLocalInstance({
      ...{ root, project: manifest.project, name: as, restoredFrom: entry.id },
      build: async (directory) => {
        const onBytes = (bytes: number) => progress({ kind: "restore", state: "copying", bytes, totalBytes });
        const statements = [markEnvironmentEverywhere(as), endOpenRuns()];
        await rebuildCluster({ root, entry, directory, end, isThrowAway: false, statements, onBytes });
      },
    });
    await startLocalInstance(instance);
    const found = await withBackupSession(instance, countNow);
    progress({ kind: "restore", state: "done" });
    return { instance, differences: upTo === "backup" ? compareCounts(manifest.tables, found) : undefined };
  } catch (error) {
    throw backupFault("restore_failed", `The restore of backup ${entry.id} as "${as}"`, error);
  }
}

/** @throws HoldfastError restore_failed where the archive that continues the backup is gone */
async function archiveOf(root: string, { id, manifest }: BaseEntry): Promise<string> {
  const source = await findLocalInstance({ root, project: manifest.project, name: manifest.instance });
  if (source?.resourceId === manifest.resourceId) return source.walDirectory;
  const place = join(instanceDirectory(root, manifest.project, manifest.instance), "wal");
  throw new HoldfastError("restore_failed", `The WAL archive that continues backup ${id} is no longer in ${place}.`, {
    next: "Restore the backup alone, without the WAL after it.",
  });
}
