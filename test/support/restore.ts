import { withBackupSession } from "../../engine/adapters/backup/backup-session.js";
import { buildRestored } from "../../engine/adapters/backup/build-restored.js";
import { countNow } from "../../engine/adapters/backup/count-rows.js";
import { planEntry, planGoal } from "../../engine/adapters/backup/plan-restore.js";
import { dataRoot } from "../../engine/adapters/local/data-root.js";
import type { LocalInstance } from "../../engine/adapters/local/instance-file.js";
import type { LocalEntry } from "../../engine/core/catalogue.js";
import type { Progress } from "../../engine/core/ports.js";
import { compareCounts, type CountDifference } from "../../engine/core/row-counts.js";

export interface RestoreRequest {
  /** Default: dataRoot(). */
  readonly root?: string;
  readonly entry: LocalEntry;
  /** Name of the new instance, and what its environment marker says from now on. */
  readonly as: string;
  /**
   * `backup` (default): the instant the backup was taken, before the migrations that followed. `archive`: on from there to
   * the end of the write-ahead log, for a lost data directory.
   */
  readonly upTo?: "backup" | "archive";
  readonly progress: Progress;
  readonly signal?: AbortSignal;
}

export interface RestoredInstance {
  /** Running. */
  readonly instance: LocalInstance;
  /** Rows that are not as the manifest says; undefined where they may differ: after a restore up to the archive's end. */
  readonly differences: readonly CountDifference[] | undefined;
}

/**
 * A backup as a second instance, and its rows compared with the manifest.
 *
 * @throws HoldfastError as buildRestored
 */
export async function restoreBackup(request: RestoreRequest): Promise<RestoredInstance> {
  const { entry, as, progress, root = dataRoot(), signal = new AbortController().signal, upTo = "backup" } = request;
  const { project, resourceId, tables } = entry.manifest;
  const watch = { progress, signal };
  const plan = await (upTo === "backup"
    ? planEntry(root, entry, watch)
    : planGoal({ root, project, resourceId }, { kind: "latest" }, watch));
  const { instance } = await buildRestored({ root, as, plan, from: entry, ...watch });
  const found = await withBackupSession(instance, countNow);
  return { instance, differences: upTo === "backup" ? compareCounts(tables, found) : undefined };
}
