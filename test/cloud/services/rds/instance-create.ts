import type { CreateRequest, NewResource } from "../../behaviour.js";
import { AwsError, newCapitals, type CloudRegion } from "../../cloud-region.js";
import { isObject, isZero, numberOf, textOf, textsOf, type MutableProperties, type Properties } from "../../values.js";
import { nameOf } from "../physical-name.js";
import { managedKey, requireExisting, requireKey, requireRole, requireSecurityGroups } from "../refuse.js";
import { majorOf, resolveVersion } from "./engine-versions.js";
import { createLogGroups } from "./log-groups.js";
import { makeManagedSecret } from "./managed-password.js";
import { refuseGroupOfOther } from "./parameter-groups.js";
import { backedUp } from "./snapshots.js";
import { refuseAutoscaling, refuseStorage, storageDefaults } from "./storage.js";
import { INSTANCE, PARAMETER_GROUP, RETAINED_BACKUP, SNAPSHOT, SUBNET_GROUP } from "./types.js";
import { refuseWindows } from "./windows.js";

/** CreateDBInstance, RestoreDBInstanceFromDBSnapshot, RestoreDBInstanceToPointInTime or CreateDBInstanceReadReplica. */
export function createInstance({ cloud, inputs }: CreateRequest): NewResource {
  const identifier = nameOf(inputs, "identifier");
  refuseTakenIdentifier(cloud, identifier);
  const source = sourceOf(cloud, inputs);
  const asked: Properties = { ...source, ...inputs };
  if (source === undefined) refuseIncomplete(inputs);
  const version =
    source === undefined ? resolveVersion(engineOf(asked), textOf(asked, "engineVersion")) : restoredVersion(asked);
  refuseReferences(cloud, asked, version);
  const size = numberOf(asked, "allocatedStorage") ?? 0;
  refuseStorage({}, inputs["allocatedStorage"] === undefined ? { ...inputs, allocatedStorage: size } : inputs);
  refuseAutoscaling(size, numberOf(inputs, "maxAllocatedStorage") ?? 0);
  refuseMonitoring(inputs);
  const chosen = chosenByAws(cloud, asked, version);
  refuseWindows(String(chosen["backupWindow"]), String(chosen["maintenanceWindow"]));
  createLogGroups(cloud, "instance", identifier, textsOf(inputs, "enabledCloudwatchLogsExports"));
  const resourceId = `simulated-db-${newCapitals(26)}`;
  const isManaged = inputs["manageMasterUserPassword"] === true;
  return {
    id: resourceId,
    attributes: {
      ...source,
      ...chosen,
      identifier,
      resourceId,
      arn: cloud.arn("rds", `db:${identifier}`),
      engineVersionActual: version,
      hostedZoneId: "Z29XKXDKYMONMX",
      latestRestorableTime: new Date().toISOString(),
      listenerEndpoints: [],
      masterUserSecrets: isManaged
        ? [makeManagedSecret(cloud, "db", resourceId, { ...asked, username: asked["username"] })]
        : [],
      replicas: [],
      status: "available",
      upgradeRolloutOrder: "second",
    },
    hidden: { pending: {}, createdAt: new Date().toISOString() },
  };
}

function engineOf(inputs: Properties): string {
  return textOf(inputs, "engine") ?? "postgres";
}

/** @throws AwsError where another instance of the region has it, also one of a cluster */
export function refuseTakenIdentifier(cloud: CloudRegion, identifier: string): void {
  const isTaken =
    cloud.findBy(INSTANCE, "identifier", identifier) ??
    cloud.findBy("aws:rds/clusterInstance:ClusterInstance", "identifier", identifier);
  if (isTaken !== undefined) throw new AwsError("DBInstanceAlreadyExists", `DB instance already exists: ${identifier}`);
}

function refuseIncomplete(inputs: Properties): void {
  for (const name of ["allocatedStorage", "engine", "username"]) {
    if (isZero(inputs[name]))
      throw new AwsError("InvalidParameterValue", `The parameter ${name} must be provided and must not be blank.`);
  }
  const hasPassword = ["password", "passwordWo", "manageMasterUserPassword"].some((name) => !isZero(inputs[name]));
  if (!hasPassword)
    throw new AwsError(
      "InvalidParameterValue",
      "The parameter MasterUserPassword must be provided and must not be blank.",
    );
  const username = String(inputs["username"]);
  if (!/^[A-Za-z][A-Za-z0-9_]{0,62}$/.test(username) || ["rdsadmin", "admin"].includes(username)) {
    throw new AwsError(
      "InvalidParameterValue",
      `MasterUsername ${username} cannot be used as it is a reserved word or not valid for the engine`,
    );
  }
  const dbName = textOf(inputs, "dbName");
  if (dbName !== undefined && !/^[A-Za-z][A-Za-z0-9_]{0,62}$/.test(dbName)) {
    throw new AwsError(
      "InvalidParameterValue",
      `DBName ${dbName} must begin with a letter and contain only alphanumeric characters.`,
    );
  }
}

/** @throws AwsError for what it names and is not there, or does not fit */
export function refuseReferences(cloud: CloudRegion, inputs: Properties, version: string): void {
  const subnetGroup = textOf(inputs, "dbSubnetGroupName");
  if (subnetGroup !== undefined && subnetGroup !== "default")
    requireExisting(cloud, SUBNET_GROUP, subnetGroup, "DBSubnetGroupNotFoundFault");
  const parameterGroup = textOf(inputs, "parameterGroupName");
  if (parameterGroup !== undefined)
    refuseGroupOfOther(cloud, PARAMETER_GROUP, parameterGroup, engineOf(inputs), version);
  for (const name of ["kmsKeyId", "performanceInsightsKmsKeyId"]) requireKey(cloud, inputs[name]);
  requireRole(cloud, inputs["monitoringRoleArn"]);
  requireSecurityGroups(cloud, inputs);
}

/** @throws AwsError where the monitoring has no role, or the port cannot be had */
export function refuseMonitoring(inputs: Properties): void {
  if (!isZero(inputs["monitoringInterval"]) && isZero(inputs["monitoringRoleArn"])) {
    const reason = "A MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0.";
    throw new AwsError("InvalidParameterCombination", reason);
  }
  const port = numberOf(inputs, "port");
  if (port !== undefined && (port < 1150 || port > 65_535)) {
    throw new AwsError("InvalidParameterValue", `The port ${port} must be between 1150 and 65535.`);
  }
}

/** What a backup holds, where the instance is to begin with one. @throws AwsError where it is not there */
function sourceOf(cloud: CloudRegion, inputs: Properties): MutableProperties | undefined {
  const snapshot = textOf(inputs, "snapshotIdentifier");
  if (snapshot !== undefined)
    return backedUp(requireExisting(cloud, SNAPSHOT, snapshot.split(":").at(-1), "DBSnapshotNotFound"));
  const replicated = textOf(inputs, "replicateSourceDb");
  if (replicated !== undefined) {
    const source = cloud.findBy(INSTANCE, "identifier", replicated) ?? cloud.findBy(INSTANCE, "arn", replicated);
    if (source === undefined) throw new AwsError("DBInstanceNotFound", `DBInstance ${replicated} not found`);
    return backedUp(source);
  }
  const { restoreToPointInTime: point } = inputs;
  return isObject(point) ? backedUp(pointInTimeSource(cloud, point)) : undefined;
}

function pointInTimeSource(cloud: CloudRegion, point: Properties): ReturnType<typeof requireExisting> {
  const name = textOf(point, "sourceDbInstanceIdentifier");
  const resourceId = textOf(point, "sourceDbiResourceId");
  const backups = textOf(point, "sourceDbInstanceAutomatedBackupsArn");
  const all = [...cloud.list(INSTANCE), ...cloud.list(RETAINED_BACKUP)];
  const source = all.find(
    ({ attributes }) =>
      (name !== undefined && attributes["identifier"] === name) ||
      (resourceId !== undefined && [attributes["resourceId"], attributes["sourceResourceId"]].includes(resourceId)) ||
      (backups !== undefined && attributes["arn"] === backups),
  );
  if (source === undefined)
    throw new AwsError("DBInstanceNotFound", `no backups of ${String(name ?? resourceId ?? backups)}`);
  if (isZero(source.attributes["backupRetentionPeriod"])) {
    throw new AwsError(
      "PointInTimeRestoreNotEnabled",
      "SourceDBInstanceIdentifier refers to an instance with BackupRetentionPeriod 0",
    );
  }
  return source;
}

function restoredVersion(asked: Properties): string {
  return textOf(asked, "engineVersionActual") ?? resolveVersion("postgres", textOf(asked, "engineVersion"));
}

/** Inputs that were left out, as AWS fills them in. */
function chosenByAws(cloud: CloudRegion, asked: Properties, version: string): MutableProperties {
  const defaults: Properties = {
    availabilityZone: `${cloud.region}a`,
    backupRetentionPeriod: 1,
    backupTarget: "region",
    backupWindow: "03:00-03:30",
    caCertIdentifier: "rds-ca-rsa2048-g1",
    databaseInsightsMode: "standard",
    dbSubnetGroupName: "default",
    engineLifecycleSupport: "open-source-rds-extended-support",
    licenseModel: "postgresql-license",
    maintenanceWindow: "sun:04:00-sun:04:30",
    multiAz: false,
    networkType: "IPV4",
    optionGroupName: `default:postgres-${majorOf(version)}`,
    parameterGroupName: `default.postgres${majorOf(version)}`,
    port: 5432,
    storageEncrypted: false,
    vpcSecurityGroupIds: ["simulated-sg-default"],
  };
  const given = Object.fromEntries(Object.keys(defaults).map((name) => [name, asked[name] ?? defaults[name]]));
  return {
    ...given,
    ...storageDefaults(asked),
    ...(asked["storageEncrypted"] === true && { kmsKeyId: asked["kmsKeyId"] ?? managedKey(cloud, "rds") }),
    ...(asked["performanceInsightsEnabled"] === true && {
      performanceInsightsKmsKeyId: asked["performanceInsightsKmsKeyId"] ?? managedKey(cloud, "rds"),
      performanceInsightsRetentionPeriod: asked["performanceInsightsRetentionPeriod"] ?? 7,
    }),
    ...(asked["manageMasterUserPassword"] === true && {
      masterUserSecretKmsKeyId: asked["masterUserSecretKmsKeyId"] ?? managedKey(cloud, "secretsmanager"),
    }),
    // The provider stores it in lower case.
    maintenanceWindow: String(given["maintenanceWindow"]).toLowerCase(),
  };
}
