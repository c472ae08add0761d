import type { DatabaseConnection } from "../../core/database-connection.js";
import type { BackupEntry } from "../../core/ports.js";
import { awsError } from "./aws-errors.js";
import { snapshotApi } from "./snapshot-api.js";

/**
 * The newest complete snapshot of this very database that a deploy or a person took; AWS's own automated backups are not among
 * them. It is asked of AWS: whichever machine deployed last, its catalogue may be gone.
 *
 * @throws HoldfastError aws_access_denied, aws_unavailable and so on
 */
export async function lastSnapshot(
  connection: DatabaseConnection,
): Promise<Pick<BackupEntry, "id" | "takenAt"> | null> {
  const api = snapshotApi(connection);
  const found = await api.list().catch((error: unknown) => Promise.reject(awsError(error, api.request("describe"))));
  const own = found.flatMap(({ id, status, takenAt, resourceId = connection.resourceId }) =>
    status === "available" && takenAt !== undefined && resourceId === connection.resourceId ? { id, takenAt } : [],
  );
  return own.sort((a, b) => b.takenAt.getTime() - a.takenAt.getTime())[0] ?? null;
}
