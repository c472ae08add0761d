import { AwsError, newCapitals, type CloudRegion } from "../../cloud-region.js";
import type { CloudResource } from "../../store.js";
import { CLUSTER_SNAPSHOT, INSTANCE, RETAINED_BACKUP, SNAPSHOT } from "./types.js";

/** What of a database is in its backups. */
const RESTORED = [
  "engine",
  "engineVersionActual",
  "username",
  "masterUsername",
  "dbName",
  "databaseName",
  "port",
  "allocatedStorage",
  "storageType",
  "storageEncrypted",
  "kmsKeyId",
  "iops",
  "storageThroughput",
] as const;

/** A manual snapshot, for example the final one. @throws AwsError where the name is taken */
export function takeSnapshot(
  cloud: CloudRegion,
  database: CloudResource,
  name: string,
  kind: "manual" | "final",
): CloudResource {
  const isInstance = database.type === INSTANCE;
  const type = isInstance ? SNAPSHOT : CLUSTER_SNAPSHOT;
  if (cloud.find(type, name) !== undefined) {
    const code = isInstance ? "DBSnapshotAlreadyExists" : "DBClusterSnapshotAlreadyExistsFault";
    throw new AwsError(
      code,
      `Cannot create the snapshot because a snapshot with the identifier ${name} already exists.`,
    );
  }
  const { identifier, clusterIdentifier, resourceId, clusterResourceId, copyTagsToSnapshot, tagsAll } =
    database.attributes;
  return cloud.add(type, name, {
    ...backedUp(database),
    arn: cloud.arn("rds", `${isInstance ? "snapshot" : "cluster-snapshot"}:${name}`),
    kind,
    sourceIdentifier: identifier ?? clusterIdentifier,
    sourceResourceId: resourceId ?? clusterResourceId,
    takenAt: new Date().toISOString(),
    tagsAll: copyTagsToSnapshot === true ? tagsAll : {},
  });
}

/** What stays of the automated backups of a deleted database. */
export function keepBackups(cloud: CloudRegion, database: CloudResource): void {
  const id = `simulated-ab-${newCapitals(20).toLowerCase()}`;
  const { identifier, clusterIdentifier, resourceId, clusterResourceId, backupRetentionPeriod } = database.attributes;
  cloud.add(RETAINED_BACKUP, id, {
    ...backedUp(database),
    arn: cloud.arn("rds", `auto-backup:${id}`),
    sourceIdentifier: identifier ?? clusterIdentifier,
    sourceResourceId: resourceId ?? clusterResourceId,
    backupRetentionPeriod,
  });
}

/** What a database restored from this source begins with: from a snapshot, retained backups or a living database. */
export function backedUp({ attributes }: CloudResource): Record<string, unknown> {
  return Object.fromEntries(RESTORED.filter((name) => name in attributes).map((name) => [name, attributes[name]]));
}
