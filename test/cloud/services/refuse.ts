import { AwsError, type CloudRegion } from "../cloud-region.js";
import type { CloudResource } from "../store.js";
import { isZero, textsOf, type Properties } from "../values.js";

export const KEY = "aws:kms/key:Key";
export const ROLE = "aws:iam/role:Role";
export const TOPIC = "aws:sns/topic:Topic";
export const SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup";

/** @throws AwsError where another has this id */
export function refuseTaken(cloud: CloudRegion, type: string, id: string, code: string): void {
  if (cloud.find(type, id) !== undefined) throw new AwsError(code, `${id} already exists`);
}

/** @throws AwsError where nothing has this id */
export function requireExisting(cloud: CloudRegion, type: string, id: unknown, code: string): CloudResource {
  const found = cloud.find(type, String(id));
  if (found === undefined) throw new AwsError(code, `${String(id)} does not exist`);
  return found;
}

/** A key of this region by its ARN, where one is named and it is not AWS's own. @throws AwsError for a key that is not there or cannot be used */
export function requireKey(cloud: CloudRegion, arn: unknown, code = "KMSKeyNotAccessibleFault"): void {
  if (isZero(arn) || isManagedKey(String(arn))) return;
  const alias = String(arn).split(":").at(-1) ?? "";
  const wish = cloud.find("aws:kms/alias:Alias", alias)?.attributes["targetKeyId"] ?? arn;
  const key = cloud.list(KEY).find(({ id, attributes }) => attributes["arn"] === wish || id === wish);
  if (key === undefined) throw new AwsError(code, `the key ${String(arn)} does not exist in ${cloud.region}`);
  if (key.hidden["state"] !== "Enabled") {
    throw new AwsError(code, `the key ${String(arn)} is ${String(key.hidden["state"])}`);
  }
}

/** The key AWS keeps for a service in every account. */
export function managedKey(cloud: CloudRegion, service: string): string {
  return cloud.arn("kms", `key/simulated-aws-managed-${service}`);
}

function isManagedKey(arn: string): boolean {
  return arn.includes("simulated-aws-managed-") || arn.startsWith("alias/aws/");
}

/** @throws AwsError for a role that is not there */
export function requireRole(cloud: CloudRegion, arn: unknown, code = "InvalidParameterValue"): void {
  if (isZero(arn)) return;
  if (cloud.findBy(ROLE, "arn", String(arn)) === undefined) {
    throw new AwsError(code, `the role ${String(arn)} does not exist or cannot be assumed`);
  }
}

/** @throws AwsError for a security group that is not there */
export function requireSecurityGroups(cloud: CloudRegion, inputs: Properties): void {
  for (const id of textsOf(inputs, "vpcSecurityGroupIds")) {
    if (id.startsWith("simulated-sg-default")) continue;
    requireExisting(cloud, SECURITY_GROUP, id, "InvalidParameterValue");
  }
}
