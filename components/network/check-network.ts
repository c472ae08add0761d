import type { DatabaseNetworkArgs } from "../database-network.js";
import type { Fault } from "../fault.js";
import { ENDPOINT_SERVICES } from "./endpoint-services.js";
import { isWithin, parseRange, type Ipv4Range } from "./ipv4-range.js";

/** Everything that can be judged without asking AWS. Ids that are outputs are judged when they are known. */
export function networkFaults(args: DatabaseNetworkArgs): Fault[] {
  return [...placeFaults(args), ...rangeFaults(args), ...zoneFaults(args), ...portFaults(args), ...clientFaults(args)];
}

function placeFaults({ vpcId, subnetIds, cidrBlock, endpoints }: DatabaseNetworkArgs): Fault[] {
  const one = "either vpcId with subnetIds, or cidrBlock";
  if (vpcId === undefined && cidrBlock === undefined) {
    const way = "name an existing VPC and its private subnets, or give a range for a VPC of its own";
    return [{ property: "vpcId", value: vpcId, allowed: one, way }];
  }
  if (vpcId !== undefined && cidrBlock !== undefined) {
    const way = "leave cidrBlock out for the existing VPC, or vpcId for a VPC of its own";
    return [{ property: "cidrBlock", value: cidrBlock, allowed: one, way }];
  }
  if (vpcId === undefined) {
    if (subnetIds === undefined) return [];
    const way = "leave subnetIds out: the VPC of its own gets subnets of its own";
    return [{ property: "subnetIds", value: "set", allowed: one, way }];
  }
  return [
    ...(Array.isArray(subnetIds) || subnetIds === undefined ? subnetCountFaults(subnetIds ?? []) : []),
    ...(endpoints === undefined
      ? []
      : [
          {
            property: "endpoints",
            value: endpoints,
            allowed: "not set beside vpcId",
            way: "an existing VPC has its endpoints from where it is made: add them there",
          },
        ]),
  ];
}

/** RDS wants subnets in at least two availability zones, also of an instance that stands in one. */
export function subnetCountFaults(subnetIds: readonly unknown[]): Fault[] {
  if (subnetIds.length >= 2) return [];
  const way = "name private subnets in different zones; three let Multi-AZ and Aurora choose";
  return [{ property: "subnetIds", value: subnetIds.length, allowed: "at least 2 subnets in 2 zones", way }];
}

const PRIVATE: readonly string[] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

function rangeFaults({ cidrBlock }: DatabaseNetworkArgs): Fault[] {
  if (cidrBlock === undefined) return [];
  const allowed = "a private IPv4 network address with a prefix of /16 to /26, such as 10.20.0.0/24";
  const range = parseRange(cidrBlock);
  // Each subnet is a quarter, and AWS allows none below /28.
  if (range !== undefined && range.prefix >= 16 && range.prefix <= 26 && isPrivate(range)) return [];
  return [{ property: "cidrBlock", value: cidrBlock, allowed, way: "take a block no other network of yours uses" }];
}

function isPrivate(range: Ipv4Range): boolean {
  return PRIVATE.map(parseRange).some((outer) => outer !== undefined && isWithin(range, outer));
}

function zoneFaults({ availabilityZones, cidrBlock }: DatabaseNetworkArgs): Fault[] {
  if (availabilityZones === undefined) return [];
  const property = "availabilityZones";
  if (cidrBlock === undefined) {
    const way = "leave it out: the zones are those of the subnets";
    return [{ property, value: availabilityZones, allowed: "only beside cidrBlock", way }];
  }
  const isDistinct = new Set(availabilityZones).size === availabilityZones.length;
  if (isDistinct && availabilityZones.length >= 2 && availabilityZones.length <= 4) return [];
  const allowed = "2 to 4 different zones of the region";
  return [{ property, value: availabilityZones, allowed, way: "name zones such as eu-central-1a and eu-central-1b" }];
}

/** Amazon RDS user guide, "Settings for DB instances": 1150 to 65535. */
function portFaults({ port }: DatabaseNetworkArgs): Fault[] {
  if (port === undefined || (Number.isInteger(port) && port >= 1150 && port <= 65535)) return [];
  return [{ property: "port", value: port, allowed: "1150 to 65535", way: "give the database's port" }];
}

/** The widest block that is still somebody's network. */
const WIDEST_PREFIX = 8;

function clientFaults({
  allowedCidrBlocks = [],
  allowedSecurityGroupIds = {},
  endpoints = [],
}: DatabaseNetworkArgs): Fault[] {
  return [
    ...allowedCidrBlocks.flatMap((block, index) => allowedBlockFaults(`allowedCidrBlocks[${String(index)}]`, block)),
    ...repeated(allowedCidrBlocks).map((block) => ({
      property: "allowedCidrBlocks",
      value: block,
      allowed: "each block once",
      way: "take the second one out",
    })),
    ...Object.keys(allowedSecurityGroupIds)
      .filter((client) => !/^[a-z][a-z0-9-]{0,39}$/.test(client) || client === "clients")
      .map((client) => ({
        property: "allowedSecurityGroupIds",
        value: client,
        allowed: 'names of 1 to 40 lower-case letters, digits and hyphens, other than "clients"',
        way: "name who connects: { api: apiGroup.id }",
      })),
    ...[...endpoints.filter((service) => !ENDPOINT_SERVICES.includes(service)), ...repeated(endpoints)].map(
      (service) => ({
        property: "endpoints",
        value: service,
        allowed: `each of ${ENDPOINT_SERVICES.join(", ")} once`,
        way: "take it out, or make that endpoint beside this component with its vpcId and subnetIds",
      }),
    ),
  ];
}

function allowedBlockFaults(property: string, block: string): Fault[] {
  const range = parseRange(block);
  if (range !== undefined && range.prefix >= WIDEST_PREFIX) return [];
  const isOpen = range !== undefined;
  return [
    {
      property,
      value: block,
      allowed: `an IPv4 network address with a prefix of /${String(WIDEST_PREFIX)} to /32, such as 10.0.0.0/16`,
      way: isOpen
        ? "a database is never open to everybody: name the networks its clients are in, or use clientSecurityGroupId"
        : "write the network's first address and its prefix",
    },
  ];
}

function repeated(items: readonly string[]): string[] {
  return [...new Set(items.filter((item, index) => items.indexOf(item) !== index))];
}
