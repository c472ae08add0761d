import type { Behaviour, DeleteRequest } from "../../behaviour.js";
import { AwsError, type CloudRegion } from "../../cloud-region.js";
import type { CloudResource } from "../../store.js";
import { isZero, numberOf, textOf, type Properties } from "../../values.js";
import { keptVersion } from "./engine-versions.js";
import { createInstance } from "./instance-create.js";
import { instanceFaults } from "./instance-faults.js";
import { pendingOf, updateInstance } from "./instance-update.js";
import { removeManagedSecrets } from "./managed-password.js";
import { keepBackups, takeSnapshot } from "./snapshots.js";
import { INSTANCE } from "./types.js";

export const instance: Behaviour = {
  autoname: { property: "identifier", separator: "", maxLength: 63, prefixProperty: "identifierPrefix" },
  secrets: ["password", "passwordWo"],
  check: instanceFaults,
  same: {
    /** Storage that grew by itself is no difference while autoscaling is on. */
    allocatedStorage: (wish, actual, { inputs }) =>
      Number(wish) < Number(actual) && (numberOf(inputs, "maxAllocatedStorage") ?? 0) > Number(wish),
    maintenanceWindow: (wish, actual) => String(wish).toLowerCase() === actual,
    /** Sent only when its version changes. */
    passwordWo: () => true,
  },
  create: createInstance,
  update: updateInstance,
  unknownAfter: (changed) => [
    ...(changed.includes("engineVersion") ? ["engineVersionActual"] : []),
    ...(changed.includes("identifier") ? ["address", "arn", "endpoint"] : []),
    ...(changed.includes("manageMasterUserPassword") ? ["masterUserSecrets"] : []),
  ],
  delete: deleteInstance,
  read: (resource, cloud, known) => ({ ...endpointOf(resource, cloud), ...versionOf(resource, known) }),
  findForImport: (name, cloud) => cloud.findBy(INSTANCE, "identifier", name),
  importDefaults: { skipFinalSnapshot: true, deleteAutomatedBackups: true },
};

function versionOf(resource: CloudResource, known: Properties): Properties {
  const actual = String(resource.attributes["engineVersionActual"]);
  const pending = textOf(pendingOf(resource), "engineVersion");
  return { engineVersion: keptVersion(textOf(known, "engineVersion"), actual, pending) };
}

/** Where the database answers: where a real one stands behind it, there. */
export function endpointOf({ attributes }: CloudResource, cloud: CloudRegion): Properties {
  const { databasesAt: real, hosts = {} } = cloud.settings();
  const [identifier, port] = [String(attributes["identifier"]), Number(attributes["port"])];
  const address = hosts[identifier] ?? real?.host ?? `${identifier}.simulated.${cloud.region}.rds.amazonaws.com`;
  return { address, endpoint: `${address}:${real?.port ?? port}` };
}

/** DeleteDBInstance, with what the provider does before it. */
function deleteInstance({ cloud, resource, state }: DeleteRequest): undefined {
  const { attributes } = resource;
  const snapshot = textOf(state, "finalSnapshotIdentifier");
  const skips = state["skipFinalSnapshot"] === true;
  if (!skips && snapshot === undefined)
    throw new Error("final_snapshot_identifier is required when skip_final_snapshot is false");
  // Protection that the state does not know of is lifted by the provider itself.
  const lifts = isZero(state["deletionProtection"]) && state["applyImmediately"] === true;
  if (attributes["deletionProtection"] === true && !lifts) {
    throw new AwsError(
      "InvalidParameterCombination",
      "Cannot delete protected DB Instance, please disable deletion protection and try again.",
    );
  }
  const isReplica = !isZero(attributes["replicateSourceDb"]);
  if (!skips && isReplica) {
    throw new AwsError(
      "InvalidParameterCombination",
      "FinalDBSnapshotIdentifier can not be specified when deleting a read replica",
    );
  }
  if (!skips && snapshot !== undefined) takeSnapshot(cloud, resource, snapshot, "final");
  if (state["deleteAutomatedBackups"] === false && !isZero(attributes["backupRetentionPeriod"]))
    keepBackups(cloud, resource);
  removeManagedSecrets(cloud, String(attributes["resourceId"]));
  return undefined;
}
