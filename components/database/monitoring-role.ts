import { Role } from "@pulumi/aws/iam/role.js";
import { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment.js";
import * as pulumi from "@pulumi/pulumi";
import { placeOf } from "../aws-place.js";
import { REPLACING_INPUTS } from "../replacing-inputs.js";
import type { Tags } from "../tags.js";

/** What lets RDS send its samples of the operating system; its ARN is known when it may. */
export function createMonitoringRole(
  component: pulumi.ComponentResource,
  name: string,
  tags: Tags,
): pulumi.Output<string> {
  const parent = { parent: component };
  const role = new Role(
    `${name}-monitoring-role`,
    {
      description: "RDS sends enhanced monitoring of the database",
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Principal: { Service: "monitoring.rds.amazonaws.com" }, Action: "sts:AssumeRole" },
        ],
      }),
      path: "/",
      maxSessionDuration: 3600,
      forceDetachPolicies: false,
      tags,
    },
    { ...parent, ignoreChanges: [...REPLACING_INPUTS["aws:iam/role:Role"]], deleteBeforeReplace: false },
  );
  const { partition } = placeOf(parent);
  const attachment = new RolePolicyAttachment(
    `${name}-monitoring-policy`,
    {
      role: role.name,
      policyArn: pulumi.interpolate`arn:${partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole`,
    },
    parent,
  );
  return pulumi.all([role.arn, attachment.id]).apply(([arn]) => arn);
}
