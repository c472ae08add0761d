import type { UpdateRequest, UpdateResult } from "../../behaviour.js";
import { AwsError, newCapitals, type CloudRegion } from "../../cloud-region.js";
import type { CloudResource } from "../../store.js";
import { isObject, isZero, numberOf, textOf, textsOf, type MutableProperties, type Properties } from "../../values.js";
import { requireExisting } from "../refuse.js";
import { majorOf } from "./engine-versions.js";
import { refuseMonitoring, refuseReferences, refuseTakenIdentifier } from "./instance-create.js";
import { createLogGroups } from "./log-groups.js";
import { makeManagedSecret, removeManagedSecrets } from "./managed-password.js";
import { grownSize, refuseAutoscaling, refuseStorage } from "./storage.js";
import { PARAMETER_GROUP, SUBNET_GROUP } from "./types.js";
import { upgrade } from "./upgrade.js";
import { refuseWindows } from "./windows.js";

/**
 * What waits for the maintenance window unless `applyImmediately` is true (Amazon RDS User Guide, "Settings for DB
 * instances"); all else is applied at once.
 */
const WAITS = [
  "allocatedStorage",
  "caCertIdentifier",
  "dbSubnetGroupName",
  "dedicatedLogVolume",
  "engineVersion",
  "iamDatabaseAuthenticationEnabled",
  "identifier",
  "instanceClass",
  "iops",
  "licenseModel",
  "multiAz",
  "networkType",
  "optionGroupName",
  "storageThroughput",
  "storageType",
];

/** Changes of these alone do not call ModifyDBInstance (terraform-provider-aws, rds/instance.go, `resourceInstanceUpdate`). */
const NO_MODIFY = [
  "allowMajorVersionUpgrade",
  "blueGreenUpdate",
  "deleteAutomatedBackups",
  "finalSnapshotIdentifier",
  "replicateSourceDb",
  "skipFinalSnapshot",
  "tags",
  "tagsAll",
];

export function updateInstance(request: UpdateRequest): UpdateResult {
  const { cloud, resource, inputs, changed } = request;
  if (changed.includes("replicateSourceDb") && !isZero(inputs["replicateSourceDb"])) {
    throw new Error("cannot elect new source database for replication");
  }
  if (isBlueGreen(inputs, changed)) return switchOver(request);
  const modified = changed.filter((name) => !NO_MODIFY.includes(name));
  if (modified.length === 0) return {};
  const asked = askedOf(resource, inputs, modified);
  const attributes = modifyInstance(cloud, resource, inputs, asked);
  return { apply: changed.filter((name) => NO_MODIFY.includes(name)), attributes };
}

/** What the call carries: the changed inputs, and those the provider sends with them. */
function askedOf(resource: CloudResource, inputs: Properties, modified: readonly string[]): MutableProperties {
  const asked: MutableProperties = Object.fromEntries(modified.map((name) => [name, inputs[name]]));
  const storage = ["allocatedStorage", "iops", "storageThroughput"];
  if (storage.some((name) => name in asked)) asked["allocatedStorage"] ??= resource.attributes["allocatedStorage"];
  return asked;
}

/** ModifyDBInstance. Returns the attributes as they are after it; what waits is kept as pending. @throws AwsError */
export function modifyInstance(
  cloud: CloudRegion,
  resource: CloudResource,
  inputs: Properties,
  asked: MutableProperties,
): MutableProperties {
  const held = resource.attributes;
  const next: MutableProperties = { ...asked };
  refuseMonitoring({ ...held, ...asked });
  if ("allocatedStorage" in asked || "iops" in asked || "storageType" in asked) {
    refuseStorage(held, asked);
    next["allocatedStorage"] = grownSize(
      Number(held["allocatedStorage"]),
      numberOf(asked, "allocatedStorage") ?? Number(held["allocatedStorage"]),
    );
  }
  if ("maxAllocatedStorage" in asked) {
    refuseAutoscaling(
      Number(next["allocatedStorage"] ?? held["allocatedStorage"]),
      numberOf(asked, "maxAllocatedStorage") ?? 0,
    );
  }
  if ("engineVersion" in asked) {
    Object.assign(next, upgrade(cloud, held, inputs, asked, { property: "parameterGroupName", type: PARAMETER_GROUP }));
    next["optionGroupName"] = `default:${String(held["engine"])}-${majorOf(String(next["engineVersionActual"]))}`;
  } else
    refuseReferences(cloud, { ...pickReferences(asked), engine: held["engine"] }, String(held["engineVersionActual"]));
  if ("identifier" in asked) refuseTakenIdentifier(cloud, String(asked["identifier"]));
  if ("dbSubnetGroupName" in asked) refuseSameVpc(cloud, held, asked);
  if ("backupWindow" in asked || "maintenanceWindow" in asked) {
    refuseWindows(
      String(asked["backupWindow"] ?? held["backupWindow"]),
      String(asked["maintenanceWindow"] ?? held["maintenanceWindow"]),
    );
    if ("maintenanceWindow" in asked) next["maintenanceWindow"] = String(asked["maintenanceWindow"]).toLowerCase();
  }
  if ("enabledCloudwatchLogsExports" in asked) {
    createLogGroups(cloud, "instance", String(held["identifier"]), textsOf(asked, "enabledCloudwatchLogsExports"));
  }
  Object.assign(next, credentials(cloud, resource, inputs, asked));
  return applyNow(cloud, resource, next, inputs["applyImmediately"] === true);
}

function pickReferences(asked: Properties): Properties {
  const names = [
    "dbSubnetGroupName",
    "parameterGroupName",
    "performanceInsightsKmsKeyId",
    "monitoringRoleArn",
    "vpcSecurityGroupIds",
  ];
  return Object.fromEntries(names.filter((name) => name in asked).map((name) => [name, asked[name]]));
}

/** Writes what is due now, and keeps the rest as pending. */
function applyNow(
  cloud: CloudRegion,
  resource: CloudResource,
  next: MutableProperties,
  isImmediate: boolean,
): MutableProperties {
  const waits = ([name]: [string, unknown]): boolean =>
    !isImmediate && (WAITS.includes(name) || isLargePart(name, next, resource));
  const entries = Object.entries(next);
  resource.hidden["pending"] = { ...pendingOf(resource), ...Object.fromEntries(entries.filter(waits)) };
  return settle(cloud, Object.fromEntries(entries.filter((entry) => !waits(entry))));
}

/** The group goes with the version it belongs to; backups are switched on and off in the window only. */
function isLargePart(name: string, next: Properties, { attributes }: CloudResource): boolean {
  if (name === "parameterGroupName" || name === "engineVersionActual") return "engineVersion" in next;
  return name === "backupRetentionPeriod" && isZero(next[name]) !== isZero(attributes[name]);
}

export function pendingOf({ hidden }: CloudResource): Properties {
  return isObject(hidden["pending"]) ? hidden["pending"] : {};
}

/** What follows from attributes once they hold. */
export function settle(cloud: CloudRegion, now: MutableProperties): MutableProperties {
  const identifier = textOf(now, "identifier");
  if (identifier !== undefined) now["arn"] = cloud.arn("rds", `db:${identifier}`);
  Reflect.deleteProperty(now, "engineVersion");
  return now;
}

function refuseSameVpc(cloud: CloudRegion, held: Properties, asked: Properties): void {
  const vpcOf = (name: unknown): unknown => cloud.find(SUBNET_GROUP, String(name))?.attributes["vpcId"];
  requireExisting(cloud, SUBNET_GROUP, asked["dbSubnetGroupName"], "DBSubnetGroupNotFoundFault");
  if (vpcOf(asked["dbSubnetGroupName"]) !== vpcOf(held["dbSubnetGroupName"])) return;
  throw new AwsError(
    "InvalidVPCNetworkStateFault",
    `You cannot move DB instance ${String(held["identifier"])} to subnet group ${String(asked["dbSubnetGroupName"])}. The specified DB subnet group and DB instance are in the same VPC. Choose a DB subnet group in different VPC than the specified DB instance and try again.`,
  );
}

/** A managed secret comes with `manageMasterUserPassword`, and goes with it. */
function credentials(
  cloud: CloudRegion,
  resource: CloudResource,
  inputs: Properties,
  asked: Properties,
): MutableProperties {
  // After an import the provider asks again for what RDS does already.
  const isManaged = !isZero(resource.attributes["masterUserSecrets"]);
  if (!("manageMasterUserPassword" in asked) || isManaged === (inputs["manageMasterUserPassword"] === true)) return {};
  const owner = String(resource.attributes["resourceId"]);
  if (inputs["manageMasterUserPassword"] === true) {
    const secret = makeManagedSecret(cloud, "db", owner, { ...inputs, username: resource.attributes["username"] });
    return { masterUserSecrets: [secret], masterUserSecretKmsKeyId: secret["kmsKeyId"] };
  }
  if (isZero(inputs["password"]) && isZero(inputs["passwordWo"])) {
    throw new AwsError(
      "InvalidParameterCombination",
      "You must specify MasterUserPassword when you turn off ManageMasterUserPassword.",
    );
  }
  removeManagedSecrets(cloud, owner);
  return { masterUserSecrets: [] };
}

function isBlueGreen({ blueGreenUpdate }: Properties, changed: readonly string[]): boolean {
  const isEnabled = isObject(blueGreenUpdate) && blueGreenUpdate["enabled"] === true;
  const inPlace = [...NO_MODIFY, "deletionProtection", "password", "region"];
  return isEnabled && changed.some((name) => !inPlace.includes(name));
}

/**
 * A blue/green deployment: another instance takes over the name, and the provider lifts the old one's deletion
 * protection and deletes it without final snapshot and without its automated backups.
 */
function switchOver({ cloud, resource, inputs, changed }: UpdateRequest): UpdateResult {
  const { attributes } = resource;
  if (!isZero(inputs["replicateSourceDb"]))
    throw new Error("replicate_source_db cannot be set when blue_green_update is enabled");
  if (isZero(attributes["backupRetentionPeriod"])) {
    throw new AwsError("SourceDatabaseNotSupportedFault", "backups must be enabled for a blue/green deployment");
  }
  const now = modifyInstance(
    cloud,
    resource,
    { ...inputs, applyImmediately: true },
    askedOf(resource, inputs, changed),
  );
  const resourceId = `simulated-db-${newCapitals(26)}`;
  return {
    attributes: { ...now, resourceId },
    apply: changed.filter((name) => NO_MODIFY.includes(name)),
    newId: resourceId,
  };
}
