import type { Behaviour } from "../behaviour.js";
import { AwsError, newId, newUuid, type CloudRegion } from "../cloud-region.js";
import { ZONE_LETTERS } from "../zones.js";
import { isZero, textOf, textsOf } from "../values.js";
import { samePolicy } from "./policies.js";
import { requireExisting, SECURITY_GROUP } from "./refuse.js";
import { isNetworkAddress } from "./security-groups.js";

const VPC = "aws:ec2/vpc:Vpc";
const SUBNET = "aws:ec2/subnet:Subnet";
const ROUTE_TABLE = "aws:ec2/routeTable:RouteTable";
const ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation";
const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";

const vpc: Behaviour = {
  check: (inputs) => {
    const cidr = textOf(inputs, "cidrBlock");
    if (cidr === undefined || isNetworkAddress(cidr)) return [];
    return [{ property: "cidrBlock", reason: `"${cidr}" is not a valid IPv4 CIDR block` }];
  },
  create: ({ cloud, inputs }) => {
    const id = newId("vpc");
    return {
      id,
      attributes: {
        arn: cloud.arn("ec2", `vpc/${id}`),
        defaultNetworkAclId: newId("acl"),
        defaultRouteTableId: newId("rtb"),
        defaultSecurityGroupId: newId("sg"),
        dhcpOptionsId: newId("dopt"),
        enableDnsHostnames: inputs["enableDnsHostnames"] ?? false,
        enableNetworkAddressUsageMetrics: inputs["enableNetworkAddressUsageMetrics"] ?? false,
        ipv6AssociationId: "",
        mainRouteTableId: newId("rtb"),
        ownerId: cloud.account,
      },
    };
  },
  delete: ({ cloud, resource }) => {
    const types = [SUBNET, SECURITY_GROUP, ROUTE_TABLE, ENDPOINT];
    refuseInUse(cloud, types, "vpcId", resource.id);
    return undefined;
  },
};

const subnet: Behaviour = {
  create: ({ cloud, inputs }) => {
    if (textOf(inputs, "vpcId") !== "simulated-vpc-default")
      requireExisting(cloud, VPC, inputs["vpcId"], "InvalidVpcID.NotFound");
    const id = newId("subnet");
    const taken = cloud.list(SUBNET).filter(({ attributes }) => attributes["vpcId"] === inputs["vpcId"]);
    if (taken.some(({ attributes }) => attributes["cidrBlock"] === inputs["cidrBlock"])) {
      throw new AwsError(
        "InvalidSubnet.Conflict",
        `The CIDR '${String(inputs["cidrBlock"])}' conflicts with another subnet`,
      );
    }
    const zone = textOf(inputs, "availabilityZone") ?? `${cloud.region}${ZONE_LETTERS[taken.length % 3] ?? "a"}`;
    if (!zone.startsWith(cloud.region))
      throw new AwsError("InvalidParameterValue", `Value (${zone}) for parameter availabilityZone is invalid.`);
    return {
      id,
      attributes: {
        arn: cloud.arn("ec2", `subnet/${id}`),
        availabilityZone: zone,
        availabilityZoneId: `${cloud.region}-az${zone.charCodeAt(zone.length - 1) - 96}`,
        ipv6CidrBlockAssociationId: "",
        ownerId: cloud.account,
        privateDnsHostnameTypeOnLaunch: "ip-name",
      },
    };
  },
  delete: ({ cloud, resource }) => {
    const inGroup = cloud.list("aws:rds/instance:Instance").concat(cloud.list("aws:rds/cluster:Cluster"));
    const groups = new Set(inGroup.map(({ attributes }) => attributes["dbSubnetGroupName"]));
    const holder = cloud
      .list("aws:rds/subnetGroup:SubnetGroup")
      .find(({ id, attributes }) => groups.has(id) && textsOf(attributes, "subnetIds").includes(resource.id));
    if (holder === undefined) return undefined;
    throw new AwsError("DependencyViolation", `The subnet '${resource.id}' has dependencies and cannot be deleted.`);
  },
};

const routeTable: Behaviour = {
  create: ({ cloud, inputs }) => {
    requireExisting(cloud, VPC, inputs["vpcId"], "InvalidVpcID.NotFound");
    const id = newId("rtb");
    return { id, attributes: { arn: cloud.arn("ec2", `route-table/${id}`), ownerId: cloud.account } };
  },
  delete: ({ cloud, resource }) => {
    refuseInUse(cloud, [ASSOCIATION], "routeTableId", resource.id);
    return undefined;
  },
};

const association: Behaviour = {
  check: (inputs) =>
    isZero(inputs["subnetId"]) === isZero(inputs["gatewayId"])
      ? [{ property: "subnetId", reason: "one of `gateway_id,subnet_id` must be specified" }]
      : [],
  create: ({ cloud, inputs }) => {
    requireExisting(cloud, ROUTE_TABLE, inputs["routeTableId"], "InvalidRouteTableID.NotFound");
    const subnetId = textOf(inputs, "subnetId");
    if (subnetId !== undefined) requireExisting(cloud, SUBNET, subnetId, "InvalidSubnetID.NotFound");
    const isTaken = cloud
      .list(ASSOCIATION)
      .some(({ attributes }) => subnetId !== undefined && attributes["subnetId"] === subnetId);
    if (isTaken)
      throw new AwsError("Resource.AlreadyAssociated", `the subnet ${String(subnetId)} already has a route table`);
    return { id: newId("rtbassoc"), attributes: {} };
  },
};

const endpoint: Behaviour = {
  same: { policy: samePolicy },
  create: ({ cloud, inputs }) => {
    requireExisting(cloud, VPC, inputs["vpcId"], "InvalidVpcId.NotFound");
    for (const id of textsOf(inputs, "securityGroupIds"))
      requireExisting(cloud, SECURITY_GROUP, id, "InvalidGroup.NotFound");
    for (const id of textsOf(inputs, "subnetIds")) requireExisting(cloud, SUBNET, id, "InvalidSubnetId.NotFound");
    const id = newId("vpce");
    const isGateway = inputs["vpcEndpointType"] === "Gateway";
    const name = textOf(inputs, "serviceName") ?? "";
    return {
      id,
      attributes: {
        arn: cloud.arn("ec2", `vpc-endpoint/${id}`),
        cidrBlocks: isGateway ? ["192.0.2.0/24"] : [],
        dnsEntries: isGateway ? [] : [{ dnsName: `${id}.${name}.vpce.amazonaws.com`, hostedZoneId: "Z1SIMULATED" }],
        dnsOptions: inputs["dnsOptions"] ?? {
          dnsRecordIpType: "ipv4",
          privateDnsOnlyForInboundResolverEndpoint: false,
        },
        ipAddressType: inputs["ipAddressType"] ?? "ipv4",
        networkInterfaceIds: isGateway ? [] : textsOf(inputs, "subnetIds").map(() => newId("eni")),
        ownerId: cloud.account,
        policy:
          inputs["policy"] ??
          `{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}],"Version":"2008-10-17"}`,
        prefixListId: isGateway ? newUuid().replace("simulated-", "simulated-pl-") : "",
        privateDnsEnabled: inputs["privateDnsEnabled"] ?? false,
        requesterManaged: false,
        state: "available",
      },
    };
  },
};

function refuseInUse(cloud: CloudRegion, types: readonly string[], attribute: string, id: string): void {
  const user = types.flatMap((type) => cloud.list(type)).find(({ attributes }) => attributes[attribute] === id);
  if (user === undefined) return;
  throw new AwsError("DependencyViolation", `${id} has dependencies and cannot be deleted: ${user.id}`);
}

export const vpcBehaviours = {
  [VPC]: vpc,
  [SUBNET]: subnet,
  [ROUTE_TABLE]: routeTable,
  [ASSOCIATION]: association,
  [ENDPOINT]: endpoint,
};
