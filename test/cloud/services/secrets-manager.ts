import { randomBytes } from "node:crypto";
import type { Behaviour } from "../behaviour.js";
import { AwsError, newSuffix, type CloudRegion } from "../cloud-region.js";
import type { CloudResource } from "../store.js";
import { isObject, isZero, numberOf, textOf, textsOf } from "../values.js";
import { PERMISSION } from "./lambda.js";
import { nameOf } from "./physical-name.js";
import { jsonFaults, samePolicy } from "./policies.js";
import { MANAGED_SECRET } from "./rds/managed-password.js";
import { requireKey } from "./refuse.js";
import { secretArn } from "./secret-arn.js";

const SECRET = "aws:secretsmanager/secret:Secret";
const VERSION = "aws:secretsmanager/secretVersion:SecretVersion";
/** A secret between DeleteSecret and the end of its recovery window: its name is still taken. */
export const PENDING_SECRET = "secret-pending-deletion";

const secret: Behaviour = {
  autoname: { property: "name" },
  same: { policy: samePolicy },
  check: (inputs) => {
    const days = numberOf(inputs, "recoveryWindowInDays");
    const isLegal = days === undefined || days === 0 || (days >= 7 && days <= 30);
    const reason = `expected recoveryWindowInDays to be 0 or in the range (7 - 30), got ${String(days)}`;
    return [...(isLegal ? [] : [{ property: "recoveryWindowInDays", reason }]), ...jsonFaults(inputs, "policy")];
  },
  create: ({ cloud, inputs }) => {
    const name = nameOf(inputs);
    refuseTakenName(cloud, name);
    requireKey(cloud, inputs["kmsKeyId"], "InvalidRequestException");
    const arn = secretArn(cloud, name);
    return { id: arn, attributes: { name, arn, replicas: inputs["replicas"] ?? [] }, hidden: { versions: {} } };
  },
  update: ({ cloud, inputs }) => {
    requireKey(cloud, inputs["kmsKeyId"], "InvalidRequestException");
    return undefined;
  },
  delete: ({ cloud, resource, state }) => {
    const days = numberOf(state, "recoveryWindowInDays") ?? 30;
    if (days === 0) return undefined;
    cloud.store.remove(resource);
    cloud.store.put({ ...resource, type: PENDING_SECRET, hidden: { ...resource.hidden, recoveryWindowInDays: days } });
    return "kept";
  },
  importDefaults: { recoveryWindowInDays: 30, forceOverwriteReplicaSecret: false },
};

function refuseTakenName(cloud: CloudRegion, name: string): void {
  if (cloud.findBy(PENDING_SECRET, "name", name) !== undefined) {
    const reason = "You can't create this secret because a secret with this name is already scheduled for deletion.";
    throw new AwsError("InvalidRequestException", reason);
  }
  if (cloud.findBy(SECRET, "name", name) === undefined) return;
  throw new AwsError("ResourceExistsException", `The operation failed because the secret ${name} already exists.`);
}

/** One of the program's, or one that RDS manages. @throws AwsError where neither is there */
function requireSecret(cloud: CloudRegion, id: unknown): CloudResource {
  const wish = String(id);
  const isWished = ({ attributes }: CloudResource): boolean =>
    attributes["arn"] === wish || attributes["name"] === wish;
  const found = [...cloud.list(SECRET), ...cloud.list(MANAGED_SECRET)].find(isWished);
  if (found === undefined)
    throw new AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
  return found;
}

interface Version {
  readonly value: unknown;
  readonly stages: readonly string[];
}

function versionsOf({ hidden }: CloudResource): Record<string, Version> {
  return isObject(hidden["versions"]) ? (hidden["versions"] as Record<string, Version>) : {};
}

const version: Behaviour = {
  secrets: ["secretString", "secretBinary", "secretStringWo"],
  create: ({ cloud, inputs }) => {
    const owner = requireSecret(cloud, inputs["secretId"]);
    const versionId = `terraform-${newSuffix()}${randomBytes(4).toString("hex")}`;
    const value = inputs["secretString"] ?? inputs["secretStringWo"] ?? inputs["secretBinary"];
    const older = Object.entries(versionsOf(owner)).map(
      ([id, one]) => [id, { ...one, stages: ["AWSPREVIOUS"] }] as const,
    );
    owner.hidden["versions"] = { ...Object.fromEntries(older), [versionId]: { value, stages: ["AWSCURRENT"] } };
    cloud.store.put(owner);
    return {
      id: `${owner.id}|${versionId}`,
      attributes: {
        arn: owner.id,
        secretArn: owner.id,
        versionId,
        versionStages: inputs["versionStages"] ?? ["AWSCURRENT"],
        hasSecretStringWo: !isZero(inputs["secretStringWo"]),
      },
    };
  },
  /** AWSCURRENT cannot be taken away: the value stays until the secret goes. */
  delete: () => undefined,
};

const policy: Behaviour = {
  same: { policy: samePolicy },
  check: (inputs) => jsonFaults(inputs, "policy"),
  create: ({ cloud, inputs }) => ({ id: requireSecret(cloud, inputs["secretArn"]).id, attributes: {} }),
};

const rotation: Behaviour = {
  check: (inputs) =>
    inputs["rotationEnabled"] !== false && isZero(inputs["rotationRules"])
      ? [{ property: "rotationRules", reason: `"rotationRules" is required when "rotationEnabled" is not false` }]
      : [],
  create: ({ cloud, inputs }) => {
    const owner = requireSecret(cloud, inputs["secretId"]);
    const lambda = textOf(inputs, "rotationLambdaArn");
    if (owner.type === MANAGED_SECRET && lambda !== undefined) {
      throw new AwsError(
        "InvalidRequestException",
        "You can't modify the rotation of a secret that another service manages.",
      );
    }
    if (lambda !== undefined) refuseUninvokable(cloud, lambda);
    return { id: owner.id, attributes: { rotationEnabled: inputs["rotationEnabled"] ?? true } };
  },
  update: ({ cloud, inputs }) => {
    const lambda = textOf(inputs, "rotationLambdaArn");
    if (lambda !== undefined) refuseUninvokable(cloud, lambda);
    return undefined;
  },
};

/** Secrets Manager calls the function: it must be there and allow it. */
function refuseUninvokable(cloud: CloudRegion, lambda: string): void {
  const held = cloud.findBy("aws:lambda/function:Function", "arn", lambda);
  if (held === undefined) throw new AwsError("ResourceNotFoundException", `the function ${lambda} does not exist`);
  const allows = ({ attributes }: CloudResource): boolean =>
    [held.id, lambda].includes(String(attributes["function"])) &&
    attributes["principal"] === "secretsmanager.amazonaws.com";
  if (cloud.list(PERMISSION).some(allows)) return;
  throw new AwsError(
    "AccessDeniedException",
    "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com",
  );
}

/** What the secret holds now, whoever asks: the test looks whether it leaked. */
export function currentValue(owner: CloudResource): unknown {
  return Object.values(versionsOf(owner)).find(({ stages }) => textsOf({ stages }, "stages").includes("AWSCURRENT"))
    ?.value;
}

export const secretsManagerBehaviours = {
  [SECRET]: secret,
  [VERSION]: version,
  "aws:secretsmanager/secretPolicy:SecretPolicy": policy,
  "aws:secretsmanager/secretRotation:SecretRotation": rotation,
};
