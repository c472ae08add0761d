import type {
  Behaviour,
  CreateRequest,
  DeleteRequest,
  NewResource,
  UpdateRequest,
  UpdateResult,
} from "../../behaviour.js";
import { AwsError, newCapitals, type CloudRegion } from "../../cloud-region.js";
import type { CloudResource } from "../../store.js";
import { isObject, isZero, textOf, textsOf, type MutableProperties, type Properties } from "../../values.js";
import { ZONE_LETTERS } from "../../zones.js";
import { nameOf } from "../physical-name.js";
import { managedKey, requireExisting, requireKey, requireRole, requireSecurityGroups } from "../refuse.js";
import { keptVersion, majorOf, resolveVersion } from "./engine-versions.js";
import {
  identifierFaults,
  insightsFaults,
  keyFaults,
  oneOfFaults,
  passwordFaults,
  rangeFaults,
  snapshotNameFaults,
} from "./instance-faults.js";
import { pendingOf } from "./instance-update.js";
import { createLogGroups } from "./log-groups.js";
import { makeManagedSecret, removeManagedSecrets } from "./managed-password.js";
import { membersOf } from "./members.js";
import { refuseGroupOfOther } from "./parameter-groups.js";
import { backedUp, keepBackups, takeSnapshot } from "./snapshots.js";
import { CLUSTER, CLUSTER_PARAMETER_GROUP, CLUSTER_SNAPSHOT, RETAINED_BACKUP, SUBNET_GROUP } from "./types.js";
import { upgrade } from "./upgrade.js";
import { refuseWindows, windowFaults } from "./windows.js";

/** What waits for the maintenance window unless `applyImmediately` is true. */
const WAITS = [
  "allocatedStorage",
  "dbClusterInstanceClass",
  "engineVersion",
  "engineVersionActual",
  "iops",
  "networkType",
  "storageType",
];

export const cluster: Behaviour = {
  secrets: ["masterPassword", "masterPasswordWo"],
  check: (inputs) => [
    ...identifierFaults(inputs, "clusterIdentifier"),
    ...rangeFaults(inputs, "backupRetentionPeriod", 0, 35),
    ...oneOfFaults(inputs, "engine", ["aurora-mysql", "aurora-postgresql", "mysql", "postgres"]),
    ...oneOfFaults(inputs, "monitoringInterval", [0, 1, 5, 10, 15, 30, 60]),
    ...insightsFaults(inputs),
    ...keyFaults(inputs, ["kmsKeyId", "performanceInsightsKmsKeyId"]),
    ...passwordFaults(inputs, "masterPassword", "masterPasswordWo"),
    ...windowFaults(inputs, "preferredBackupWindow", "preferredMaintenanceWindow"),
    ...snapshotNameFaults(inputs),
  ],
  same: {
    preferredMaintenanceWindow: (wish, actual) => String(wish).toLowerCase() === actual,
    masterPasswordWo: () => true,
  },
  create: createCluster,
  update: updateCluster,
  unknownAfter: (changed) => (changed.includes("engineVersion") ? ["engineVersionActual"] : []),
  delete: deleteCluster,
  read: (resource, cloud, known) => ({
    clusterMembers: membersOf(cloud, resource.id).map(({ id }) => id),
    ...endpointsOf(resource, cloud),
    engineVersion: keptVersion(
      textOf(known, "engineVersion"),
      String(resource.attributes["engineVersionActual"]),
      textOf(pendingOf(resource), "engineVersion"),
    ),
  }),
  importDefaults: { skipFinalSnapshot: true, deleteAutomatedBackups: true },
};

/** CreateDBCluster, RestoreDBClusterFromSnapshot or RestoreDBClusterToPointInTime. */
function createCluster({ cloud, inputs }: CreateRequest): NewResource {
  const identifier = nameOf(inputs, "clusterIdentifier", "tf-");
  if (cloud.find(CLUSTER, identifier) !== undefined) {
    throw new AwsError("DBClusterAlreadyExistsFault", `DB Cluster already exists: ${identifier}`);
  }
  const source = sourceOf(cloud, inputs);
  const asked: Properties = { ...source, ...inputs };
  if (source === undefined) refuseIncomplete(inputs);
  const engine = String(asked["engine"]);
  const version = textOf(source ?? {}, "engineVersionActual") ?? resolveVersion(engine, textOf(asked, "engineVersion"));
  refuseReferences(cloud, asked, version);
  const chosen = chosenByAws(cloud, asked, version);
  refuseWindows(String(chosen["preferredBackupWindow"]), String(chosen["preferredMaintenanceWindow"]));
  createLogGroups(cloud, "cluster", identifier, textsOf(inputs, "enabledCloudwatchLogsExports"));
  const clusterResourceId = `simulated-cluster-${newCapitals(26)}`;
  const isManaged = inputs["manageMasterUserPassword"] === true;
  return {
    id: identifier,
    attributes: {
      ...source,
      ...chosen,
      clusterIdentifier: identifier,
      clusterResourceId,
      arn: cloud.arn("rds", `cluster:${identifier}`),
      engineVersionActual: version,
      hostedZoneId: "Z29XKXDKYMONMX",
      masterUserSecrets: isManaged ? [makeManagedSecret(cloud, "cluster", clusterResourceId, asked)] : [],
      upgradeRolloutOrder: "second",
    },
    hidden: { pending: {} },
  };
}

function refuseIncomplete(inputs: Properties): void {
  const hasPassword = ["masterPassword", "masterPasswordWo", "manageMasterUserPassword"].some(
    (name) => !isZero(inputs[name]),
  );
  if (!hasPassword || isZero(inputs["masterUsername"])) {
    throw new AwsError(
      "InvalidParameterValue",
      "The parameter MasterUsername and a password must be provided and must not be blank.",
    );
  }
}

function refuseReferences(cloud: CloudRegion, inputs: Properties, version: string): void {
  const subnetGroup = textOf(inputs, "dbSubnetGroupName");
  if (subnetGroup !== undefined && subnetGroup !== "default")
    requireExisting(cloud, SUBNET_GROUP, subnetGroup, "DBSubnetGroupNotFoundFault");
  const group = textOf(inputs, "dbClusterParameterGroupName");
  if (group !== undefined) refuseGroupOfOther(cloud, CLUSTER_PARAMETER_GROUP, group, String(inputs["engine"]), version);
  for (const name of ["kmsKeyId", "performanceInsightsKmsKeyId"]) requireKey(cloud, inputs[name]);
  requireRole(cloud, inputs["monitoringRoleArn"]);
  requireSecurityGroups(cloud, inputs);
}

function sourceOf(cloud: CloudRegion, inputs: Properties): MutableProperties | undefined {
  const snapshot = textOf(inputs, "snapshotIdentifier");
  if (snapshot !== undefined) {
    return backedUp(
      requireExisting(cloud, CLUSTER_SNAPSHOT, snapshot.split(":").at(-1), "DBClusterSnapshotNotFoundFault"),
    );
  }
  const { restoreToPointInTime: point } = inputs;
  if (!isObject(point)) return undefined;
  const wishes = [point["sourceClusterIdentifier"], point["sourceClusterResourceId"]].filter((wish) => !isZero(wish));
  const source = [...cloud.list(CLUSTER), ...cloud.list(RETAINED_BACKUP)].find(({ id, attributes }) =>
    wishes.some((wish) =>
      [id, attributes["clusterResourceId"], attributes["sourceResourceId"], attributes["arn"]].includes(wish),
    ),
  );
  if (source === undefined) throw new AwsError("DBClusterNotFoundFault", `DBCluster ${wishes.join()} not found`);
  return backedUp(source);
}

function chosenByAws(cloud: CloudRegion, asked: Properties, version: string): MutableProperties {
  const defaults: Properties = {
    availabilityZones: ZONE_LETTERS.map((letter) => `${cloud.region}${letter}`),
    backupRetentionPeriod: 1,
    caCertificateIdentifier: "",
    clusterScalabilityType: "standard",
    databaseInsightsMode: "standard",
    databaseName: "",
    dbClusterParameterGroupName: `default.${String(asked["engine"])}${majorOf(version)}`,
    dbSubnetGroupName: "default",
    engineLifecycleSupport: "open-source-rds-extended-support",
    iamRoles: [],
    monitoringInterval: 0,
    networkType: "IPV4",
    port: asked["engine"] === "aurora-mysql" ? 3306 : 5432,
    preferredBackupWindow: "03:00-03:30",
    preferredMaintenanceWindow: "sun:04:00-sun:04:30",
    storageEncrypted: false,
    storageType: "",
    vpcSecurityGroupIds: ["simulated-sg-default"],
  };
  const given = Object.fromEntries(Object.keys(defaults).map((name) => [name, asked[name] ?? defaults[name]]));
  return {
    ...given,
    ...threeZones(asked, defaults),
    ...(asked["storageEncrypted"] === true && { kmsKeyId: asked["kmsKeyId"] ?? managedKey(cloud, "rds") }),
    ...(asked["performanceInsightsEnabled"] === true && {
      performanceInsightsKmsKeyId: asked["performanceInsightsKmsKeyId"] ?? managedKey(cloud, "rds"),
      performanceInsightsRetentionPeriod: asked["performanceInsightsRetentionPeriod"] ?? 7,
    }),
    ...(asked["manageMasterUserPassword"] === true && {
      masterUserSecretKmsKeyId: asked["masterUserSecretKmsKeyId"] ?? managedKey(cloud, "secretsmanager"),
    }),
    preferredMaintenanceWindow: String(given["preferredMaintenanceWindow"]).toLowerCase(),
  };
}

/** Aurora's storage lies in three zones, however few are named. */
function threeZones(asked: Properties, defaults: Properties): Properties {
  const named = textsOf(asked, "availabilityZones");
  return {
    availabilityZones: [...new Set([...named, ...textsOf(defaults, "availabilityZones")])].slice(
      0,
      Math.max(3, named.length),
    ),
  };
}

/** ModifyDBCluster. */
function updateCluster({ cloud, resource, inputs, changed }: UpdateRequest): UpdateResult {
  const held = resource.attributes;
  const asked = Object.fromEntries(changed.map((name) => [name, inputs[name]]));
  const next: MutableProperties = { ...asked };
  if ("engineVersion" in asked) {
    const group = { property: "dbClusterParameterGroupName", type: CLUSTER_PARAMETER_GROUP } as const;
    Object.assign(next, upgrade(cloud, held, inputs, asked, group));
  } else {
    refuseReferences(cloud, { ...asked, engine: held["engine"] }, String(held["engineVersionActual"]));
  }
  const backup = String(asked["preferredBackupWindow"] ?? held["preferredBackupWindow"]);
  const maintenance = String(asked["preferredMaintenanceWindow"] ?? held["preferredMaintenanceWindow"]).toLowerCase();
  refuseWindows(backup, maintenance);
  if ("preferredMaintenanceWindow" in asked) next["preferredMaintenanceWindow"] = maintenance;
  if ("enabledCloudwatchLogsExports" in asked) {
    createLogGroups(cloud, "cluster", resource.id, textsOf(asked, "enabledCloudwatchLogsExports"));
  }
  Object.assign(next, credentials(cloud, resource, inputs, asked));
  const waits = ([name]: [string, unknown]): boolean =>
    inputs["applyImmediately"] !== true &&
    (WAITS.includes(name) || (name === "dbClusterParameterGroupName" && "engineVersion" in asked));
  resource.hidden["pending"] = { ...pendingOf(resource), ...Object.fromEntries(Object.entries(next).filter(waits)) };
  const now = Object.fromEntries(Object.entries(next).filter((entry) => !waits(entry)));
  Reflect.deleteProperty(now, "engineVersion");
  return { apply: [], attributes: now };
}

function credentials(
  cloud: CloudRegion,
  { attributes }: CloudResource,
  inputs: Properties,
  asked: Properties,
): MutableProperties {
  // After an import the provider asks again for what RDS does already.
  const isManaged = !isZero(attributes["masterUserSecrets"]);
  if (!("manageMasterUserPassword" in asked) || isManaged === (inputs["manageMasterUserPassword"] === true)) return {};
  const owner = String(attributes["clusterResourceId"]);
  if (inputs["manageMasterUserPassword"] === true) {
    const secret = makeManagedSecret(cloud, "cluster", owner, { ...inputs, username: attributes["masterUsername"] });
    return { masterUserSecrets: [secret], masterUserSecretKmsKeyId: secret["kmsKeyId"] };
  }
  if (isZero(inputs["masterPassword"]) && isZero(inputs["masterPasswordWo"])) {
    throw new AwsError(
      "InvalidParameterCombination",
      "You must specify MasterUserPassword when you turn off ManageMasterUserPassword.",
    );
  }
  removeManagedSecrets(cloud, owner);
  return { masterUserSecrets: [] };
}

function endpointsOf({ id, attributes }: CloudResource, cloud: CloudRegion): Properties {
  const real = cloud.settings().databasesAt;
  const at = (kind: string): string => real?.host ?? `${id}.${kind}-simulated.${cloud.region}.rds.amazonaws.com`;
  return { endpoint: at("cluster"), readerEndpoint: at("cluster-ro"), port: attributes["port"] };
}

/** DeleteDBCluster, with what the provider does before it. */
function deleteCluster({ cloud, resource, state }: DeleteRequest): undefined {
  const { attributes } = resource;
  const snapshot = textOf(state, "finalSnapshotIdentifier");
  const skips = state["skipFinalSnapshot"] === true;
  if (!skips && snapshot === undefined) {
    throw new Error("RDS Cluster final_snapshot_identifier is required when skip_final_snapshot is false");
  }
  const lifts = isZero(state["deletionProtection"]) && state["applyImmediately"] === true;
  if (attributes["deletionProtection"] === true && !lifts) {
    throw new AwsError(
      "InvalidParameterCombination",
      "Cannot delete protected Cluster, please disable deletion protection and try again.",
    );
  }
  if (membersOf(cloud, resource.id).length > 0) {
    throw new AwsError(
      "InvalidDBClusterStateFault",
      "Cluster cannot be deleted, it still contains DB instances in non-deleting state.",
    );
  }
  if (!skips && snapshot !== undefined) takeSnapshot(cloud, resource, snapshot, "final");
  if (state["deleteAutomatedBackups"] === false) keepBackups(cloud, resource);
  removeManagedSecrets(cloud, String(attributes["clusterResourceId"]));
  return undefined;
}
