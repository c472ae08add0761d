import type { Behaviour, Fault } from "../behaviour.js";
import { AwsError, newId, type CloudRegion } from "../cloud-region.js";
import type { CloudResource } from "../store.js";
import { isZero, numberOf, textOf, textsOf, type Properties } from "../values.js";
import { nameOf } from "./physical-name.js";
import { requireExisting, SECURITY_GROUP } from "./refuse.js";

const VPC = "aws:ec2/vpc:Vpc";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";

const securityGroup: Behaviour = {
  autoname: { property: "name" },
  create: ({ cloud, inputs }) => {
    const name = nameOf(inputs);
    const vpcId = textOf(inputs, "vpcId") ?? "simulated-vpc-default";
    if (vpcId !== "simulated-vpc-default") requireExisting(cloud, VPC, vpcId, "InvalidVpcID.NotFound");
    const isTaken = ({ attributes }: CloudResource): boolean =>
      attributes["name"] === name && attributes["vpcId"] === vpcId;
    if (cloud.list(SECURITY_GROUP).some(isTaken)) {
      throw new AwsError("InvalidGroup.Duplicate", `The security group '${name}' already exists for VPC '${vpcId}'`);
    }
    const id = newId("sg");
    return { id, attributes: { name, vpcId, arn: cloud.arn("ec2", `security-group/${id}`), ownerId: cloud.account } };
  },
  delete: ({ cloud, resource }) => {
    const user = userOf(cloud, resource.id);
    if (user === undefined) return undefined;
    throw new AwsError("DependencyViolation", `resource ${resource.id} has a dependent object: ${user}`);
  },
};

/** Every VPC has one. The provider makes none: it takes the group over, and takes its rules away; a delete only forgets it. */
const defaultSecurityGroup: Behaviour = {
  create: ({ cloud, inputs }) => {
    requireExisting(cloud, VPC, inputs["vpcId"], "InvalidVpcID.NotFound");
    const vpc = cloud.find(VPC, textOf(inputs, "vpcId") ?? "");
    const id = String(vpc?.attributes["defaultSecurityGroupId"]);
    const arn = cloud.arn("ec2", `security-group/${id}`);
    const fixed = { name: "default", namePrefix: "", description: "default VPC security group" };
    return { id, attributes: { ...fixed, arn, ownerId: cloud.account } };
  },
};

/** What holds the group: a network interface of a database or a function, or another group's rule. */
function userOf(cloud: CloudRegion, id: string): string | undefined {
  const types = ["aws:rds/instance:Instance", "aws:rds/cluster:Cluster"];
  const database = types
    .flatMap((type) => cloud.list(type))
    .find(({ attributes }) => textsOf(attributes, "vpcSecurityGroupIds").includes(id));
  const endpoint = cloud
    .list("aws:ec2/vpcEndpoint:VpcEndpoint")
    .find(({ attributes }) => textsOf(attributes, "securityGroupIds").includes(id));
  const rule = [INGRESS, EGRESS]
    .flatMap((type) => cloud.list(type))
    .find(({ attributes }) => attributes["referencedSecurityGroupId"] === id && attributes["securityGroupId"] !== id);
  return (database ?? endpoint ?? rule)?.id;
}

const SOURCES = ["cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"] as const;

function rule(type: string): Behaviour {
  return {
    isFramework: true,
    check: ruleFaults,
    replaces: (property, { state, inputs }) =>
      SOURCES.some((name) => name === property) && sourceOf(state) !== sourceOf(inputs),
    create: ({ cloud, inputs }) => {
      requireExisting(cloud, SECURITY_GROUP, inputs["securityGroupId"], "InvalidGroup.NotFound");
      const referenced = textOf(inputs, "referencedSecurityGroupId");
      if (referenced !== undefined) requireExisting(cloud, SECURITY_GROUP, referenced, "InvalidGroup.NotFound");
      refuseDuplicate(cloud, type, inputs);
      const id = newId("sgr");
      return { id, attributes: { arn: cloud.arn("ec2", `security-group-rule/${id}`), securityGroupRuleId: id } };
    },
  };
}

function sourceOf(properties: Properties): string | undefined {
  return SOURCES.find((name) => !isZero(properties[name]));
}

function ruleFaults(inputs: Properties): Fault[] {
  const sources = SOURCES.filter((name) => !isZero(inputs[name]));
  const faults: Fault[] = [];
  if (sources.length !== 1) {
    const reason = `Exactly one of these attributes must be configured: [${SOURCES.join(", ")}]`;
    faults.push({ property: sources[0] ?? "cidrIpv4", reason });
  }
  for (const property of ["fromPort", "toPort"]) {
    const port = numberOf(inputs, property);
    if (port === undefined) continue;
    if (port < -1 || port > 65_535)
      faults.push({ property, reason: `${property} must be between -1 and 65535, got: ${port}` });
    if (inputs["ipProtocol"] === "-1")
      faults.push({ property, reason: `${property} must not be set when ipProtocol is "-1"` });
  }
  const cidr = textOf(inputs, "cidrIpv4");
  if (cidr !== undefined && !isNetworkAddress(cidr)) {
    faults.push({ property: "cidrIpv4", reason: `"${cidr}" is not a valid IPv4 CIDR block in canonical form` });
  }
  return faults;
}

/** Whether no bit is set behind the prefix. */
export function isNetworkAddress(cidr: string): boolean {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr);
  const [a = 0, b = 0, c = 0, d = 0, bits = 0] = (match ?? []).slice(1).map(Number);
  if (match === null || Math.max(a, b, c, d) > 255 || bits > 32) return false;
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  return address % 2 ** (32 - bits) === 0;
}

function refuseDuplicate(cloud: CloudRegion, type: string, inputs: Properties): void {
  const names = ["securityGroupId", "ipProtocol", "fromPort", "toPort", ...SOURCES];
  const key = (properties: Properties): string => names.map((name) => String(properties[name])).join();
  const isSame = ({ attributes }: CloudResource): boolean => key(attributes) === key(inputs);
  if (!cloud.list(type).some(isSame)) return;
  throw new AwsError("InvalidPermission.Duplicate", "the specified rule already exists");
}

export const securityGroupBehaviours = {
  [SECURITY_GROUP]: securityGroup,
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": defaultSecurityGroup,
  [INGRESS]: rule(INGRESS),
  [EGRESS]: rule(EGRESS),
};
