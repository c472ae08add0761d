import type { LocalEntry } from "../../core/catalogue.js";
import { HoldfastError } from "../../core/errors.js";
import type { Progress } from "../../core/ports.js";
import type { LocalInstance } from "../local/instance-file.js";
import { startLocalInstance } from "../local/instances.js";
import { registerLocalInstance } from "../local/register-instance.js";
import { backupFault } from "./backup-fault.js";
import { damaged } from "./catalogue-folder.js";
import { entriesOfCluster } from "./find-cluster.js";
import { whileInUse } from "./in-use.js";
import { endOpenRuns, markEnvironmentEverywhere } from "./mark-environment.js";
import { withNextBest, type RestorePlan } from "./plan-restore.js";
import { rebuildCluster, type RebuiltCluster } from "./rebuild-cluster.js";
import type { Recovered } from "./recover-cluster.js";

export interface BuildRequest {
  readonly root: string;
  readonly as: string;
  readonly plan: RestorePlan;
  /** The backup that was named, or from which the way begins. */
  readonly from: LocalEntry;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface Built {
  /** Running. */
  readonly instance: LocalInstance;
  readonly recovered: Recovered;
}

/**
 * A second instance beside the one that was backed up, with a resource id, a password, a port and a WAL archive of its own. It
 * appears whole or not at all; it is then started.
 *
 * @throws HoldfastError backup_damaged, restore_failed, interrupted, invalid_usage (the name is taken), server_not_started
 */
export async function buildRestored(request: BuildRequest): Promise<Built> {
  const { root, as, plan, from, progress, signal } = request;
  const { project, resourceId } = from.manifest;
  const totalBytes = plan.base.sizeBytes;
  let recovered: Recovered | undefined;
  try {
    progress({ kind: "restore", state: "started", totalBytes });
    const instance = await registerLocalInstance({
      ...{ root, project, name: as, restoredFrom: { backup: from.id, resourceId } },
      build: async (directory) => {
        ({ recovered } = await whileInUse([from, plan.base], () => rebuild(request, directory)));
      },
    });
    await startLocalInstance(instance);
    progress({ kind: "restore", state: "done" });
    if (recovered === undefined) throw new Error("the instance was made by another process");
    return { instance, recovered };
  } catch (error) {
    if (signal.aborted) throw interrupted(as);
    throw backupFault("restore_failed", `The restore of backup ${from.id} as "${as}"`, error);
  }
}

async function rebuild({ root, as, plan, progress, signal }: BuildRequest, directory: string): Promise<RebuiltCluster> {
  const { base, end, wal } = plan;
  const onBytes = (bytes: number): void => {
    signal.throwIfAborted();
    progress({ kind: "restore", state: "copying", bytes, totalBytes: base.sizeBytes });
  };
  const statements = [markEnvironmentEverywhere(as), endOpenRuns()];
  try {
    const cluster = await rebuildCluster({
      root,
      entry: base,
      directory,
      end,
      wal,
      isThrowAway: false,
      statements,
      onBytes,
    });
    refuseFalseEnd(plan, cluster.recovered);
    return cluster;
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== "backup_damaged" || error === plan.broken) throw error;
    const { project, resourceId } = base.manifest;
    throw withNextBest(error, await entriesOfCluster({ root, project, resourceId }), { base: base.id });
  }
}

/** Recovery takes whatever it cannot read for the end of the log. */
function refuseFalseEnd({ base, broken, logEnd = 0n }: RestorePlan, { isEnd, reached }: Recovered): void {
  if (!isEnd) return;
  if (broken !== undefined) throw broken;
  if (reached < logEnd) throw damaged(`Recovery from backup ${base.id} ended before the end of the write-ahead log.`);
}

function interrupted(as: string): HoldfastError {
  return new HoldfastError("interrupted", `The restore as "${as}" was interrupted; nothing of it was kept.`, {
    next: "Run again.",
  });
}
