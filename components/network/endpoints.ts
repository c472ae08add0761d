import * as ec2 from "@pulumi/aws/ec2/index.js";
import { placeOf } from "../aws-place.js";
import { allowIn, allowOut, createSecurityGroup } from "./access-rules.js";
import { isGateway } from "./endpoint-services.js";
import type { NetworkContext } from "./network-context.js";
import type { PrivateVpc } from "./private-vpc.js";

const HTTPS = 443;

/** Lets clients of the database reach AWS's services from subnets without a way to the internet. */
export function createEndpoints(
  context: NetworkContext,
  { vpc, subnets, routeTable }: PrivateVpc,
  clients: ec2.SecurityGroup,
  services: readonly string[],
): void {
  if (services.length === 0) return;
  const { component, name, tagsFor } = context;
  const { region } = placeOf({ parent: component });
  const make = (service: string, args: Partial<ec2.VpcEndpointArgs>): ec2.VpcEndpoint =>
    new ec2.VpcEndpoint(
      `${name}-${partOf(service)}`,
      {
        ...args,
        vpcId: vpc.id,
        serviceName: region.apply((of) => `com.amazonaws.${of}.${service}`),
        tags: tagsFor(partOf(service)),
      },
      { parent: component, ignoreChanges: ["vpcId", "serviceName", "vpcEndpointType"], deleteBeforeReplace: false },
    );

  const interfaces = services.filter((service) => !isGateway(service));
  if (interfaces.length > 0) {
    const group = createSecurityGroup(
      context,
      "endpoints",
      "Endpoints of AWS services, for the database's clients",
      vpc.id,
    );
    const rule = { port: HTTPS, description: "HTTPS from the database's clients" };
    allowIn(context, "endpoints-from-clients", { ...rule, group, referencedSecurityGroupId: clients.id });
    const way = { port: HTTPS, description: "HTTPS to the endpoints of AWS services" };
    allowOut(context, "clients-to-endpoints", { ...way, group: clients, referencedSecurityGroupId: group.id });
    const subnetIds = subnets.map(({ id }) => id);
    for (const service of interfaces) {
      make(service, {
        vpcEndpointType: "Interface",
        subnetIds,
        securityGroupIds: [group.id],
        privateDnsEnabled: true,
        ipAddressType: "ipv4",
      });
    }
  }
  for (const service of services.filter(isGateway)) {
    const { prefixListId } = make(service, { vpcEndpointType: "Gateway", routeTableIds: [routeTable.id] });
    const way = { port: HTTPS, description: `HTTPS to ${service} through its gateway` };
    allowOut(context, `clients-to-${partOf(service)}`, { ...way, group: clients, prefixListId });
  }
}

function partOf(service: string): string {
  return `endpoint-${service.replaceAll(".", "-")}`;
}
