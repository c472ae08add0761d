import * as ec2 from "@pulumi/aws/ec2/index.js";
import { getAvailabilityZonesOutput } from "@pulumi/aws/getAvailabilityZones.js";
import * as pulumi from "@pulumi/pulumi";
import { cleanError } from "../fault.js";
import { formatRange, parseRange, splitRange } from "./ipv4-range.js";
import type { NetworkContext } from "./network-context.js";

export interface PrivateVpc {
  readonly vpc: ec2.Vpc;
  readonly subnets: readonly ec2.Subnet[];
  readonly routeTable: ec2.RouteTable;
}

/** Zones a VPC gets when none are named: Aurora keeps its storage in three. */
export const DEFAULT_ZONES = 3;
/** Each subnet is a quarter of the VPC, so that a fourth zone has room. */
const SUBNET_BITS = 2;

/** A VPC whose subnets have no way to the internet, in either direction. */
export function createPrivateVpc(
  context: NetworkContext,
  cidrBlock: string,
  availabilityZones: readonly string[] | undefined,
): PrivateVpc {
  const { component, name, tagsFor } = context;
  const vpc = new ec2.Vpc(
    `${name}-vpc`,
    {
      cidrBlock,
      // Without both, an endpoint's private name does not resolve.
      enableDnsHostnames: true,
      enableDnsSupport: true,
      instanceTenancy: "default",
      tags: tagsFor("vpc"),
    },
    pinned(component, ["cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"]),
  );
  // Every VPC comes with a group whose members reach each other and everything outside; whatever is made without a group gets
  // it. It cannot be deleted: it is taken over, and left without a rule (Security Hub EC2.2).
  new ec2.DefaultSecurityGroup(
    `${name}-default-group`,
    { vpcId: vpc.id, ingress: [], egress: [], revokeRulesOnDelete: false, tags: tagsFor("default") },
    pinned(component, ["vpcId"]),
  );
  const routeTable = new ec2.RouteTable(
    `${name}-routes`,
    { vpcId: vpc.id, tags: tagsFor("routes") },
    pinned(component, ["vpcId"]),
  );
  const zones = zonesOf(context, availabilityZones);
  const ranges = splitRange(parseRange(cidrBlock) ?? fail(), SUBNET_BITS, availabilityZones?.length ?? DEFAULT_ZONES);
  const subnets = ranges.map((range, index) => {
    const number = String(index + 1);
    const subnet = new ec2.Subnet(
      `${name}-private-${number}`,
      {
        vpcId: vpc.id,
        cidrBlock: formatRange(range),
        availabilityZone: zones.apply((names) => names[index] ?? fail()),
        mapPublicIpOnLaunch: false,
        assignIpv6AddressOnCreation: false,
        tags: tagsFor(`private-${number}`),
      },
      // The region's list of zones grows and changes its order: a subnet stays where it is.
      pinned(component, ["availabilityZone", "availabilityZoneId", "cidrBlock", "vpcId"]),
    );
    new ec2.RouteTableAssociation(
      `${name}-private-${number}-routes`,
      { subnetId: subnet.id, routeTableId: routeTable.id },
      pinned(component, ["subnetId", "gatewayId"]),
    );
    return subnet;
  });
  return { vpc, subnets, routeTable };
}

function zonesOf(
  { component, name }: NetworkContext,
  named: readonly string[] | undefined,
): pulumi.Output<readonly string[]> {
  if (named !== undefined) return pulumi.output([...named]);
  const filters = [{ name: "zone-type", values: ["availability-zone"] }];
  return getAvailabilityZonesOutput({ state: "available", filters }, { parent: component }).apply(({ names }) => {
    if (names.length >= DEFAULT_ZONES) return [...names].sort();
    throw cleanError(
      `DatabaseNetwork "${name}" cannot be deployed:\n  the region has ${String(names.length)} zones for this account ` +
        `(${names.join(", ")}); allowed: ${String(DEFAULT_ZONES)} by default. Way out: name 2 of them in availabilityZones.`,
    );
  });
}

function pinned(component: pulumi.Resource, inputs: readonly string[]): pulumi.CustomResourceOptions {
  return { parent: component, ignoreChanges: [...inputs], deleteBeforeReplace: false };
}

function fail(): never {
  throw new Error("the arguments were checked before");
}
