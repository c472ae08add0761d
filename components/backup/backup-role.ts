import * as iam from "@pulumi/aws/iam/index.js";
import * as pulumi from "@pulumi/pulumi";
import { placeOf } from "../aws-place.js";

/** AWS's own policies for backup jobs and restore tests. Source: AWS Backup developer guide, "Managed policies". */
const POLICIES = { backup: "AWSBackupServiceRolePolicyForBackup", restore: "AWSBackupServiceRolePolicyForRestores" };

/** The role in which AWS Backup reads databases and makes test databases. */
export function createBackupRole(
  component: pulumi.ComponentResource,
  name: string,
  tags: Record<string, pulumi.Input<string>>,
): iam.Role {
  const parent = { parent: component };
  const role = new iam.Role(
    `${name}-role`,
    { description: "AWS Backup acts in it", assumeRolePolicy: TRUST, tags },
    parent,
  );
  const { partition } = placeOf(parent);
  for (const [purpose, policy] of Object.entries(POLICIES)) {
    const policyArn = pulumi.interpolate`arn:${partition}:iam::aws:policy/service-role/${policy}`;
    new iam.RolePolicyAttachment(`${name}-role-${purpose}`, { role: role.name, policyArn }, parent);
  }
  return role;
}

const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "backup.amazonaws.com" }, Action: "sts:AssumeRole" }],
});
