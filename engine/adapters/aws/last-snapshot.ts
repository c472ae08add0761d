import type { DatabaseConnection } from "../../core/database-connection.js";
import type { BackupEntry } from "../../core/ports.js";
import { awsError } from "./aws-errors.js";
import { snapshotApi, type Snapshot, type SnapshotApi } from "./snapshot-api.js";
import { PROVEN_TAG } from "./snapshot-tags.js";

/**
 * The newest complete snapshot of this very database that a deploy or a person took, and when a drill last proved one; AWS's own
 * automated backups are not among them. It is asked of AWS: whichever machine deployed last, its catalogue may be gone.
 *
 * @throws HoldfastError aws_access_denied, aws_unavailable and so on
 */
export async function lastSnapshot(
  connection: DatabaseConnection,
): Promise<Pick<BackupEntry, "id" | "takenAt" | "provenAt"> | null> {
  const own = await completeSnapshots(connection, snapshotApi(connection));
  const newest = own.find(({ takenAt }) => takenAt !== undefined);
  if (newest?.takenAt === undefined) return null;
  return { id: newest.id, takenAt: newest.takenAt, provenAt: lastProof(own) };
}

/** Of this very database, newest first. @throws HoldfastError as awsError names */
export async function completeSnapshots(connection: DatabaseConnection, api: SnapshotApi): Promise<Snapshot[]> {
  const found = await api.list().catch((error: unknown) => Promise.reject(awsError(error, api.request("describe"))));
  return found
    .filter(({ status, resourceId = connection.resourceId }) => {
      return status === "available" && resourceId === connection.resourceId;
    })
    .toSorted((a, b) => (b.takenAt?.getTime() ?? 0) - (a.takenAt?.getTime() ?? 0));
}

/** The most recent proof among these; null: none was ever restored by a drill. */
export function lastProof(snapshots: readonly Snapshot[]): Date | null {
  const proofs = snapshots.flatMap(({ tags }) => {
    const time = Date.parse(tags[PROVEN_TAG] ?? "");
    return Number.isNaN(time) ? [] : [time];
  });
  return proofs.length === 0 ? null : new Date(Math.max(...proofs));
}
