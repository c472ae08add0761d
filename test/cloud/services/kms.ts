import type { Behaviour, Fault } from "../behaviour.js";
import { AwsError, newUuid } from "../cloud-region.js";
import { isZero, numberOf, textOf, type Properties } from "../values.js";
import { nameOf } from "./physical-name.js";
import { samePolicy } from "./policies.js";
import { KEY, refuseTaken, requireExisting } from "./refuse.js";

const ALIAS = "aws:kms/alias:Alias";

const key: Behaviour = {
  check: (inputs) => keyFaults(inputs),
  same: { policy: samePolicy },
  create: ({ cloud, inputs }) => {
    const id = inputs["multiRegion"] === true ? newUuid().replace("simulated-", "simulated-mrk-") : newUuid();
    return {
      id,
      attributes: {
        arn: cloud.arn("kms", `key/${id}`),
        keyId: id,
        multiRegion: inputs["multiRegion"] ?? false,
        description: inputs["description"] ?? "",
        policy: inputs["policy"] ?? defaultPolicy(cloud.account),
        ...(inputs["enableKeyRotation"] === true && { rotationPeriodInDays: inputs["rotationPeriodInDays"] ?? 365 }),
      },
      hidden: { state: inputs["isEnabled"] === false ? "Disabled" : "Enabled" },
    };
  },
  update: ({ resource, inputs, changed }) => {
    if (changed.includes("isEnabled"))
      resource.hidden["state"] = inputs["isEnabled"] === false ? "Disabled" : "Enabled";
    return undefined;
  },
  /** ScheduleKeyDeletion: nothing refuses it, although what is encrypted with the key becomes unreadable. */
  delete: ({ cloud, resource, state }) => {
    resource.hidden["state"] = "PendingDeletion";
    resource.hidden["deletionWindowInDays"] = numberOf(state, "deletionWindowInDays") ?? 30;
    cloud.store.remove(resource);
    cloud.store.put({ ...resource, type: PENDING_KEY });
    return "kept";
  },
};

/** A key between ScheduleKeyDeletion and its end. */
export const PENDING_KEY = "kms-key-pending-deletion";

function keyFaults(inputs: Properties): Fault[] {
  const faults: Fault[] = [];
  const window = numberOf(inputs, "deletionWindowInDays");
  if (window !== undefined && (window < 7 || window > 30)) {
    faults.push({
      property: "deletionWindowInDays",
      reason: `expected deletionWindowInDays to be in the range (7 - 30), got ${window}`,
    });
  }
  const period = numberOf(inputs, "rotationPeriodInDays");
  if (period !== undefined && (period < 90 || period > 2560)) {
    faults.push({
      property: "rotationPeriodInDays",
      reason: `expected rotationPeriodInDays to be in the range (90 - 2560), got ${period}`,
    });
  }
  if (period !== undefined && inputs["enableKeyRotation"] === false) {
    faults.push({ property: "rotationPeriodInDays", reason: "rotationPeriodInDays needs enableKeyRotation" });
  }
  return faults;
}

function defaultPolicy(account: string): string {
  const Principal = { AWS: `arn:aws:iam::${account}:root` };
  const Statement = [
    { Sid: "Enable IAM User Permissions", Effect: "Allow", Principal, Action: "kms:*", Resource: "*" },
  ];
  return JSON.stringify({ Version: "2012-10-17", Id: "key-default-1", Statement });
}

const alias: Behaviour = {
  autoname: { property: "name", transform: (name) => `alias/${name}` },
  check: (inputs) => {
    const name = textOf(inputs, "name");
    if (name === undefined || /^alias\/[a-zA-Z0-9/_-]+$/.test(name)) return [];
    return [{ property: "name", reason: `"${name}" must begin with 'alias/' and be comprised of only [a-zA-Z0-9/_-]` }];
  },
  same: { targetKeyId: (wish, actual) => lastPart(wish) === lastPart(actual) },
  create: ({ cloud, inputs }) => {
    const name = nameOf(inputs, "name", "alias/");
    refuseTaken(cloud, ALIAS, name, "AlreadyExistsException");
    const target = requireExisting(cloud, KEY, lastPart(inputs["targetKeyId"]), "NotFoundException");
    const attributes = {
      name,
      arn: cloud.arn("kms", name),
      targetKeyId: target.id,
      targetKeyArn: target.attributes["arn"],
    };
    return { id: name, attributes };
  },
  update: ({ cloud, inputs, changed }) => {
    if (!changed.includes("targetKeyId")) return undefined;
    const target = requireExisting(cloud, KEY, lastPart(inputs["targetKeyId"]), "NotFoundException");
    return { attributes: { targetKeyId: target.id, targetKeyArn: target.attributes["arn"] } };
  },
  unknownAfter: (changed) => (changed.includes("targetKeyId") ? ["targetKeyArn"] : []),
};

/** Key id and key ARN name the same key. */
function lastPart(value: unknown): string {
  return String(value).split("/").at(-1) ?? "";
}

const keyPolicy: Behaviour = {
  same: { policy: samePolicy, keyId: (wish, actual) => lastPart(wish) === lastPart(actual) },
  create: ({ cloud, inputs }) => {
    const held = requireExisting(cloud, KEY, lastPart(inputs["keyId"]), "NotFoundException");
    held.attributes["policy"] = inputs["policy"];
    cloud.store.put(held);
    return { id: held.id, attributes: { keyId: held.id } };
  },
  update: ({ cloud, resource, inputs }) => {
    const held = cloud.find(KEY, resource.id);
    if (held === undefined || isZero(inputs["policy"]))
      throw new AwsError("NotFoundException", `${resource.id} does not exist`);
    held.attributes["policy"] = inputs["policy"];
    cloud.store.put(held);
    return undefined;
  },
};

export const kmsBehaviours = { [KEY]: key, [ALIAS]: alias, "aws:kms/keyPolicy:KeyPolicy": keyPolicy };
