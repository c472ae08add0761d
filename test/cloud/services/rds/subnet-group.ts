import type { Behaviour } from "../../behaviour.js";
import { AwsError, type CloudRegion } from "../../cloud-region.js";
import type { CloudResource } from "../../store.js";
import { textOf, textsOf, type Properties } from "../../values.js";
import { nameOf } from "../physical-name.js";
import { refuseTaken } from "../refuse.js";
import { CLUSTER, CLUSTER_INSTANCE, INSTANCE, SUBNET_GROUP } from "./types.js";

export const subnetGroup: Behaviour = {
  autoname: { property: "name" },
  check: (inputs) => {
    const name = textOf(inputs, "name");
    if (name === undefined || /^[ .0-9a-z_-]+$/.test(name)) return [];
    return [
      {
        property: "name",
        reason: `only lowercase alphanumeric characters, hyphens, underscores, periods, and spaces allowed in "name"`,
      },
    ];
  },
  create: ({ cloud, inputs }) => {
    const name = nameOf(inputs).toLowerCase();
    refuseTaken(cloud, SUBNET_GROUP, name, "DBSubnetGroupAlreadyExists");
    const vpcId = vpcOf(cloud, inputs);
    return {
      id: name,
      attributes: { name, arn: cloud.arn("rds", `subgrp:${name}`), supportedNetworkTypes: ["IPV4"], vpcId },
    };
  },
  update: ({ cloud, resource, inputs, changed }) => {
    if (!changed.includes("subnetIds")) return undefined;
    refuseLostSubnet(cloud, resource, textsOf(inputs, "subnetIds"));
    return { attributes: { vpcId: vpcOf(cloud, inputs) } };
  },
  delete: ({ cloud, resource }) => {
    const user = users(cloud, resource.id)[0];
    if (user === undefined) return undefined;
    throw new AwsError(
      "InvalidDBSubnetGroupStateFault",
      `Cannot delete the subnet group '${resource.id}' because at least one database instance: ${user.id} is still using it.`,
    );
  },
};

/** @throws AwsError for a subnet that is not there, subnets of several VPCs, and fewer than two zones */
function vpcOf(cloud: CloudRegion, inputs: Properties): string {
  const subnets = textsOf(inputs, "subnetIds").map((id) => {
    const subnet = cloud.find("aws:ec2/subnet:Subnet", id);
    if (subnet === undefined) throw new AwsError("InvalidSubnet", `The subnet ID '${id}' does not exist`);
    return subnet.attributes;
  });
  const vpcs = new Set(subnets.map((subnet) => String(subnet["vpcId"])));
  if (vpcs.size > 1) throw new AwsError("InvalidParameterValue", "The subnets must be in the same VPC.");
  if (new Set(subnets.map((subnet) => subnet["availabilityZone"])).size < 2) {
    const reason =
      "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Add subnets to cover at least 2 AZs.";
    throw new AwsError("DBSubnetGroupDoesNotCoverEnoughAZs", reason);
  }
  return [...vpcs][0] ?? "";
}

/** AWS keeps a subnet in which a database sits. */
function refuseLostSubnet(cloud: CloudRegion, group: CloudResource, kept: readonly string[]): void {
  const lost = textsOf(group.attributes, "subnetIds").filter((id) => !kept.includes(id));
  const zones = new Set(users(cloud, group.id).map(({ attributes }) => attributes["availabilityZone"]));
  const used = lost.find((id) => zones.has(cloud.find("aws:ec2/subnet:Subnet", id)?.attributes["availabilityZone"]));
  if (used === undefined) return;
  throw new AwsError("SubnetAlreadyInUse", `The DB subnet ${used} is already in use in the Availability Zone.`);
}

function users(cloud: CloudRegion, name: string): CloudResource[] {
  const types = [INSTANCE, CLUSTER, CLUSTER_INSTANCE];
  return types.flatMap((type) => cloud.list(type)).filter(({ attributes }) => attributes["dbSubnetGroupName"] === name);
}
