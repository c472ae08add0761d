import type { Behaviour } from "../behaviour.js";
import { AwsError, newUuid, type CloudRegion } from "../cloud-region.js";
import type { CloudResource } from "../store.js";
import { isObject, isZero, numberOf, textOf, type Properties } from "../values.js";
import { nameOf } from "./physical-name.js";
import { samePolicy } from "./policies.js";
import { managedKey, refuseTaken, requireExisting, requireKey, requireRole, TOPIC } from "./refuse.js";

const VAULT = "aws:backup/vault:Vault";
const PLAN = "aws:backup/plan:Plan";
const SELECTION = "aws:backup/selection:Selection";
const LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration";
const TESTING_PLAN = "aws:backup/restoreTestingPlan:RestoreTestingPlan";
const TESTING_SELECTION = "aws:backup/restoreTestingSelection:RestoreTestingSelection";
/** What a plan made and a vault holds; no program asks for it. */
export const RECOVERY_POINT = "backup-recovery-point";

const vault: Behaviour = {
  autoname: { property: "name", maxLength: 50 },
  check: (inputs) =>
    nameFaults(inputs, /^[A-Za-z0-9_-]{2,50}$/, "consist of lowercase letters, numbers, and hyphens, 2 to 50"),
  create: ({ cloud, inputs }) => {
    const name = nameOf(inputs);
    refuseTaken(cloud, VAULT, name, "AlreadyExistsException");
    requireKey(cloud, inputs["kmsKeyArn"], "InvalidParameterValueException");
    const kmsKeyArn = isZero(inputs["kmsKeyArn"]) ? managedKey(cloud, "backup") : inputs["kmsKeyArn"];
    return { id: name, attributes: { name, arn: cloud.arn("backup", `backup-vault:${name}`), kmsKeyArn } };
  },
  delete: ({ cloud, resource, state }) => {
    if (isLockedForEver(cloud.find(LOCK, resource.id))) {
      throw new AwsError(
        "InvalidRequestException",
        `Backup vault ${resource.id} is locked in compliance mode and cannot be deleted.`,
      );
    }
    const held = pointsIn(cloud, resource.id);
    if (held.length > 0 && state["forceDestroy"] !== true) {
      throw new AwsError("InvalidRequestException", "Backup vault cannot be deleted (contains recovery points)");
    }
    for (const point of held) cloud.store.remove(point);
    return undefined;
  },
  read: (resource, cloud) => ({ recoveryPoints: pointsIn(cloud, resource.id).length }),
};

function pointsIn(cloud: CloudRegion, name: string): CloudResource[] {
  return cloud.list(RECOVERY_POINT).filter(({ attributes }) => attributes["vault"] === name);
}

function nameFaults(inputs: Properties, form: RegExp, words: string): { property: string; reason: string }[] {
  const name = textOf(inputs, "name");
  return name === undefined || form.test(name) ? [] : [{ property: "name", reason: `"${name}" must ${words}` }];
}

/** Of the compliance mode, after its days of grace. */
export function isLockedForEver(lock: CloudResource | undefined): boolean {
  return lock?.hidden["isCompliance"] === true && lock.hidden["graceIsOver"] === true;
}

const lock: Behaviour = {
  check: (inputs) => {
    const days = numberOf(inputs, "changeableForDays");
    if (days === undefined || days >= 3) return [];
    return [{ property: "changeableForDays", reason: `expected changeableForDays to be at least (3), got ${days}` }];
  },
  create: ({ cloud, inputs }) => {
    const name = String(inputs["backupVaultName"]);
    const { attributes } = requireExisting(cloud, VAULT, name, "ResourceNotFoundException");
    const hidden = { isCompliance: !isZero(inputs["changeableForDays"]), graceIsOver: false };
    return { id: name, attributes: { backupVaultArn: attributes["arn"] }, hidden };
  },
  delete: ({ resource }) => {
    if (!isLockedForEver(resource)) return undefined;
    throw new AwsError(
      "InvalidRequestException",
      `The lock of ${resource.id} is in compliance mode and cannot be removed.`,
    );
  },
};

const plan: Behaviour = {
  autoname: { property: "name" },
  create: ({ cloud, inputs }) => {
    refuseRules(cloud, inputs);
    const id = newUuid();
    return {
      id,
      attributes: { name: nameOf(inputs), arn: cloud.arn("backup", `backup-plan:${id}`), version: newUuid() },
    };
  },
  update: ({ cloud, inputs, changed }) => {
    if (!changed.some((name) => name === "rules" || name === "advancedBackupSettings")) return undefined;
    refuseRules(cloud, inputs);
    return { attributes: { version: newUuid() } };
  },
  unknownAfter: (changed) => (changed.includes("rules") ? ["version"] : []),
  delete: ({ cloud, resource }) => {
    const held = cloud.list(SELECTION).filter(({ attributes }) => attributes["planId"] === resource.id);
    if (held.length === 0) return undefined;
    throw new AwsError(
      "InvalidRequestException",
      "Related backup plan selections must be deleted prior to backup plan deletion",
    );
  },
};

/** A continuous backup, with which a point in time can be restored, ends after this many days. */
const CONTINUOUS_DAYS = 35;

function refuseRules(cloud: CloudRegion, inputs: Properties): void {
  const rules = Array.isArray(inputs["rules"]) ? (inputs["rules"] as Properties[]) : [];
  for (const rule of rules) {
    requireExisting(cloud, VAULT, rule["targetVaultName"], "ResourceNotFoundException");
    const lifecycle = isObject(rule["lifecycle"]) ? rule["lifecycle"] : {};
    const days = numberOf(lifecycle, "deleteAfter") ?? 0;
    if (rule["enableContinuousBackup"] === true && (days < 1 || days > CONTINUOUS_DAYS)) {
      throw new AwsError(
        "InvalidParameterValueException",
        "Lifecycle's DeleteAfterDays of a continuous backup must be between 1 and 35 days",
      );
    }
    const cold = numberOf(lifecycle, "coldStorageAfter");
    if (cold !== undefined && cold > 0 && days > 0 && days < cold + 90) {
      throw new AwsError(
        "InvalidParameterValueException",
        "DeleteAfterDays must be at least 90 days after MoveToColdStorageAfterDays",
      );
    }
    const copies = Array.isArray(rule["copyActions"]) ? (rule["copyActions"] as Properties[]) : [];
    for (const copy of copies) refuseCopy(cloud, String(copy["destinationVaultArn"]));
  }
}

/** Whether a vault of another account is there cannot be seen from here, as in AWS. */
function refuseCopy(cloud: CloudRegion, arn: string): void {
  const [, , , region = "", account] = arn.split(":");
  if (account !== cloud.account) return;
  if (cloud.inRegion(region).findBy(VAULT, "arn", arn) !== undefined) return;
  throw new AwsError("ResourceNotFoundException", `Backup vault ${arn} does not exist`);
}

const selection: Behaviour = {
  autoname: { property: "name", maxLength: 50 },
  check: (inputs) =>
    nameFaults(
      inputs,
      /^[A-Za-z0-9_.-]{1,50}$/,
      "contain 1 to 50 alphanumeric, hyphens, underscores and periods characters",
    ),
  create: ({ cloud, inputs }) => {
    requireExisting(cloud, PLAN, inputs["planId"], "ResourceNotFoundException");
    requireRole(cloud, inputs["iamRoleArn"], "InvalidParameterValueException");
    const conditions = inputs["conditions"] ?? [];
    return {
      id: newUuid(),
      attributes: { name: nameOf(inputs), conditions, notResources: inputs["notResources"] ?? [] },
    };
  },
};

/** No dashes: a name made by Pulumi has one and is refused. */
const TESTING_NAME = /^[A-Za-z0-9_]{1,50}$/;

const testingPlan: Behaviour = {
  isFramework: true,
  autoname: { property: "name" },
  check: (inputs) => nameFaults(inputs, TESTING_NAME, "contain only alphanumeric characters, and underscores"),
  create: ({ cloud, inputs }) => {
    const name = nameOf(inputs);
    refuseTaken(cloud, TESTING_PLAN, name, "AlreadyExistsException");
    const id = newUuid();
    return {
      id: name,
      attributes: {
        name,
        arn: cloud.arn("backup", `restore-testing-plan:${name}-${id}`),
        scheduleExpressionTimezone: inputs["scheduleExpressionTimezone"] ?? "Etc/UTC",
        startWindowHours: inputs["startWindowHours"] ?? 24,
      },
    };
  },
  delete: ({ cloud, resource }) => {
    const held = cloud
      .list(TESTING_SELECTION)
      .some(({ attributes }) => attributes["restoreTestingPlanName"] === resource.id);
    if (!held) return undefined;
    throw new AwsError("InvalidRequestException", "the restore testing plan still has selections");
  },
};

const testingSelection: Behaviour = {
  isFramework: true,
  autoname: { property: "name" },
  check: (inputs) => {
    const both = ["protectedResourceArns", "protectedResourceConditions"].filter((name) => !isZero(inputs[name]));
    return [
      ...nameFaults(inputs, TESTING_NAME, "contain only alphanumeric characters, and underscores"),
      ...(both.length === 2
        ? [{ property: "protectedResourceArns", reason: "conflicts with protectedResourceConditions" }]
        : []),
    ];
  },
  create: ({ cloud, inputs }) => {
    requireExisting(cloud, TESTING_PLAN, inputs["restoreTestingPlanName"], "ResourceNotFoundException");
    requireRole(cloud, inputs["iamRoleArn"], "InvalidParameterValueException");
    const name = nameOf(inputs);
    const attributes = {
      name,
      protectedResourceArns: inputs["protectedResourceArns"] ?? [],
      restoreMetadataOverrides: inputs["restoreMetadataOverrides"] ?? {},
      validationWindowHours: inputs["validationWindowHours"] ?? 1,
    };
    return { id: `${name}:${String(inputs["restoreTestingPlanName"])}`, attributes };
  },
};

/** A policy or the notifications of a vault. */
const ofVault: Behaviour = {
  same: { policy: samePolicy },
  create: ({ cloud, inputs }) => {
    const name = String(inputs["backupVaultName"]);
    const { attributes } = requireExisting(cloud, VAULT, name, "ResourceNotFoundException");
    const topic = textOf(inputs, "snsTopicArn");
    if (topic !== undefined) requireExisting(cloud, TOPIC, topic, "InvalidParameterValueException");
    return { id: name, attributes: { backupVaultArn: attributes["arn"] } };
  },
};

export const backupBehaviours = {
  [VAULT]: vault,
  [LOCK]: lock,
  [PLAN]: plan,
  [SELECTION]: selection,
  [TESTING_PLAN]: testingPlan,
  [TESTING_SELECTION]: testingSelection,
  "aws:backup/vaultPolicy:VaultPolicy": ofVault,
  "aws:backup/vaultNotifications:VaultNotifications": ofVault,
};
