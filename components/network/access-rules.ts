import * as ec2 from "@pulumi/aws/ec2/index.js";
import * as vpc from "@pulumi/aws/vpc/index.js";
import type * as pulumi from "@pulumi/pulumi";
import type { NetworkContext } from "./network-context.js";

/** A security group without rules of its own: each rule is a resource, so that one comes and goes without the others. */
export function createSecurityGroup(
  { component, name, tagsFor }: NetworkContext,
  part: string,
  description: string,
  vpcId: pulumi.Input<string>,
): ec2.SecurityGroup {
  return new ec2.SecurityGroup(
    `${name}-${part}`,
    { vpcId, description, revokeRulesOnDelete: false, tags: tagsFor(part) },
    // AWS can change none of these in place, and what uses the group would have to move.
    {
      parent: component,
      ignoreChanges: ["description", "name", "namePrefix", "vpcId"],
      deleteBeforeReplace: false,
    },
  );
}

/** One way in or out over TCP. Exactly one of the four ends is given. */
export interface Rule {
  readonly group: ec2.SecurityGroup;
  readonly description: string;
  readonly port: pulumi.Input<number>;
  readonly cidrIpv4?: string;
  readonly referencedSecurityGroupId?: pulumi.Input<string>;
  readonly prefixListId?: pulumi.Input<string>;
}

export function allowIn({ component, name, tagsFor }: NetworkContext, part: string, rule: Rule): void {
  new vpc.SecurityGroupIngressRule(`${name}-${part}`, { ...argsOf(rule), tags: tagsFor(part) }, { parent: component });
}

export function allowOut({ component, name, tagsFor }: NetworkContext, part: string, rule: Rule): void {
  new vpc.SecurityGroupEgressRule(`${name}-${part}`, { ...argsOf(rule), tags: tagsFor(part) }, { parent: component });
}

function argsOf({ group, port, ...rest }: Rule) {
  return { ...rest, securityGroupId: group.id, ipProtocol: "tcp", fromPort: port, toPort: port };
}
