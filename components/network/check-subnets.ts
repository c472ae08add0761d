import { getRouteTable } from "@pulumi/aws/ec2/getRouteTable.js";
import { getRouteTables } from "@pulumi/aws/ec2/getRouteTables.js";
import { getSubnet } from "@pulumi/aws/ec2/getSubnet.js";
import type * as pulumi from "@pulumi/pulumi";
import { cleanError, type Fault } from "../fault.js";
import { subnetCountFaults } from "./check-network.js";

export interface Subnet {
  readonly id: string;
  readonly vpcId: string;
  readonly zone: string;
  /** The internet gateway its default route leads to; undefined for a private subnet. */
  readonly internetGateway: string | undefined;
}

/** Looks at existing subnets. Reads only. @throws RunError for one that cannot be looked at */
export async function lookAtSubnets(ids: readonly string[], opts: pulumi.InvokeOptions): Promise<Subnet[]> {
  return Promise.all(
    ids.map(async (id) => {
      try {
        const { vpcId, availabilityZone } = await getSubnet({ id }, opts);
        return { id, vpcId, zone: availabilityZone, internetGateway: await findInternetGateway(id, vpcId, opts) };
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw cleanError(
          `Subnet ${id} cannot be looked at: ${why}. Way out: name a subnet of this region and account, and let the deploy ` +
            "call ec2:DescribeSubnets and ec2:DescribeRouteTables.",
        );
      }
    }),
  );
}

/** A subnet that is associated with no route table of its own goes by the VPC's main one. */
async function findInternetGateway(
  subnetId: string,
  vpcId: string,
  opts: pulumi.InvokeOptions,
): Promise<string | undefined> {
  const find = async (name: string, value: string): Promise<readonly string[]> =>
    (await getRouteTables({ vpcId, filters: [{ name, values: [value] }] }, opts)).ids;
  const own = await find("association.subnet-id", subnetId);
  const [table] = own.length > 0 ? own : await find("association.main", "true");
  if (table === undefined) return undefined;
  const { routes } = await getRouteTable({ routeTableId: table }, opts);
  const open = routes.find(
    ({ gatewayId, cidrBlock, ipv6CidrBlock }) =>
      gatewayId.startsWith("igw-") && (cidrBlock === "0.0.0.0/0" || ipv6CidrBlock === "::/0"),
  );
  return open?.gatewayId;
}

/** @param vpcId the VPC the program names */
export function subnetFaults(subnets: readonly Subnet[], vpcId: string): Fault[] {
  const zones = new Set(subnets.map(({ zone }) => zone));
  return [
    ...subnetCountFaults(subnets),
    ...(subnets.length >= 2 && zones.size < 2
      ? [
          {
            property: "subnetIds",
            value: `all in ${[...zones].join()}`,
            allowed: "at least 2 subnets in 2 zones",
            way: "name private subnets in different zones",
          },
        ]
      : []),
    ...subnets
      .filter((subnet) => subnet.vpcId !== vpcId)
      .map(({ id, vpcId: other }) => ({
        property: "subnetIds",
        value: `${id} of ${other}`,
        allowed: `subnets of ${vpcId}`,
        way: "name subnets of the VPC in vpcId",
      })),
    // Security Hub RDS.46.
    ...subnets
      .filter(({ internetGateway }) => internetGateway !== undefined)
      .map(({ id, internetGateway = "" }) => ({
        property: "subnetIds",
        value: `${id}, whose default route leads to ${internetGateway}`,
        allowed: "private subnets, without a route to an internet gateway",
        way: "name the VPC's private subnets, or give cidrBlock for a VPC of its own",
      })),
  ];
}
