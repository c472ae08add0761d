import { HoldfastError } from "../../core/errors.js";
import { awsError } from "./aws-errors.js";
import { outlastFaults, type Asking } from "./outlast-faults.js";
import type { Snapshot, SnapshotApi } from "./snapshot-api.js";

const UNDER_WAY = ["creating", "copying", "pending", "backing-up"];

/** Waits until a snapshot is complete. @throws HoldfastError backup_failed, interrupted; what awsError names */
export async function awaitSnapshot(site: Asking & { readonly api: SnapshotApi }, id: string): Promise<Snapshot> {
  const { clock, signal, progress } = site;
  for (;;) {
    const snapshot = await lookAtSnapshot(site, id);
    if (snapshot === undefined) throw snapshotFailed(id, "is gone: somebody deleted it");
    if (snapshot.status === "available") return snapshot;
    if (!UNDER_WAY.includes(snapshot.status)) throw snapshotFailed(id, `is in the state ${snapshot.status}`);
    const totalBytes = snapshot.storageBytes;
    const bytes = Math.round((totalBytes * snapshot.percent) / 100);
    if (totalBytes > 0) progress({ kind: "backup", state: "copying", bytes, totalBytes });
    await clock.sleep(site.pollMs, signal);
    if (signal.aborted) throw interrupted(id);
  }
}

/** Undefined where there is none. @throws HoldfastError what awsError names */
export async function lookAtSnapshot(
  site: Asking & { readonly api: SnapshotApi },
  id: string,
): Promise<Snapshot | undefined> {
  const request = site.api.request("describe");
  try {
    return await outlastFaults(site, request, () => site.api.find(id));
  } catch (error) {
    throw awsError(error, request);
  }
}

export function snapshotFailed(id: string, why: string, next?: string): HoldfastError {
  return new HoldfastError("backup_failed", `The snapshot ${id} ${why}. Nothing was run.`, {
    next: next ?? "Look at the database's events (aws rds describe-events), then run again: it takes another one.",
  });
}

function interrupted(id: string): HoldfastError {
  return new HoldfastError("interrupted", `The run was stopped while it waited for the snapshot ${id}.`, {
    next: "AWS finishes the snapshot by itself. Deploy again: it takes one of its own.",
  });
}
