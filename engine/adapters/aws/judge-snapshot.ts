import type { CatalogueEntry } from "../../core/catalogue.js";
import type { DatabaseConnection } from "../../core/database-connection.js";
import { awsError } from "./aws-errors.js";
import { snapshotApi, type SnapshotApi } from "./snapshot-api.js";

/**
 * Whether AWS still has a snapshot as it was noted: its bytes nobody reads but AWS itself, which a drill has restore them.
 *
 * @returns one sentence for each thing that is wrong
 * @throws HoldfastError as awsError names
 */
export async function judgeSnapshot(
  connection: DatabaseConnection,
  { manifest }: CatalogueEntry,
  api: SnapshotApi = snapshotApi(connection),
): Promise<string[]> {
  if (manifest.kind !== "snapshot") return [];
  const { id, resourceId, snapshot } = manifest;
  const found = await api.find(id).catch((error: unknown) => Promise.reject(awsError(error, api.request("describe"))));
  if (found === undefined) return [`AWS has no snapshot ${id} any more.`];
  const faults: string[] = [];
  if (found.status !== "available") faults.push(`Snapshot ${id} is ${found.status}, not available.`);
  if (found.isEncrypted !== snapshot.isEncrypted) {
    faults.push(`Snapshot ${id} is ${found.isEncrypted ? "" : "not "}encrypted; its manifest says otherwise.`);
  }
  if (found.resourceId !== undefined && found.resourceId !== resourceId) {
    faults.push(`Snapshot ${id} is of database ${found.resourceId}, its manifest of ${resourceId}.`);
  }
  if (found.arn !== snapshot.arn) faults.push(`Snapshot ${id} has another ARN than its manifest: ${found.arn}.`);
  return faults;
}
