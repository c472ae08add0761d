import * as rds from "@pulumi/aws/rds/index.js";
import * as pulumi from "@pulumi/pulumi";
import { refuse } from "./fault.js";
import { allowIn, allowOut, createSecurityGroup } from "./network/access-rules.js";
import { networkFaults } from "./network/check-network.js";
import { lookAtSubnets, subnetFaults } from "./network/check-subnets.js";
import { createEndpoints } from "./network/endpoints.js";
import type { NetworkContext } from "./network/network-context.js";
import { createPrivateVpc, DEFAULT_ZONES } from "./network/private-vpc.js";
import { pinnedOptions } from "./pinned-inputs.js";
import { tagsOf } from "./tags.js";

export interface DatabaseNetworkArgs {
  /** An existing VPC; with `subnetIds`, and instead of `cidrBlock`. Changing it is refused. */
  readonly vpcId?: pulumi.Input<string> | undefined;
  /** Private subnets of that VPC, at least two in different availability zones. Changed in place; AWS refuses to take out one that is in use. */
  readonly subnetIds?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** The range of a VPC of its own, /16 to /26 of a private range: "10.20.0.0/24". Changing it is refused. */
  readonly cidrBlock?: string | undefined;
  /** Zones of that VPC's subnets, 2 to 4. Changing them is refused. @default the region's first three by name */
  readonly availabilityZones?: string[] | undefined;
  /** Services of AWS to reach from that VPC, such as "secretsmanager". Each comes and goes by itself. @default none */
  readonly endpoints?: string[] | undefined;
  /** The database's port, 1150 to 65535. Changed in place, in every rule. @default 5433 */
  readonly port?: number | undefined;
  /** Security groups whose members may connect, by a name for each: `{ api: apiGroup.id }`. Each comes and goes by itself. @default none */
  readonly allowedSecurityGroupIds?: { [client: string]: pulumi.Input<string> } | undefined;
  /** IPv4 ranges that may connect, /8 to /32. Each comes and goes by itself. @default none */
  readonly allowedCidrBlocks?: string[] | undefined;
  /** Beside our own. @default none */
  readonly tags?: { [key: string]: pulumi.Input<string> } | undefined;
}

const WAYS = {
  vpcId:
    "A database cannot move to another VPC. Make a second DatabaseNetwork there, restore the database into it and adopt it as a generation.",
  cidrBlock:
    "A VPC keeps its range. Make a second DatabaseNetwork, restore the database into it and adopt it as a generation; or give the VPC a second range with aws.ec2.VpcIpv4CidrBlockAssociation.",
  availabilityZones: "A subnet keeps its zone. Make a second DatabaseNetwork with these zones beside this one.",
};

/**
 * Where a database stands: private subnets in several zones, and a security group with one rule for each who may connect. In an
 * existing VPC, or in a small one of its own that has no way to the internet.
 *
 * @throws RunError for arguments that cannot work, with all faults at once
 */
export class DatabaseNetwork extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  readonly subnetIds: pulumi.Output<string[]>;
  /** For PersistentDatabase. */
  readonly subnetGroupName: pulumi.Output<string>;
  /** The database's own group, for PersistentDatabase. */
  readonly securityGroupId: pulumi.Output<string>;
  /** Who has this group may connect, and reach the endpoints. */
  readonly clientSecurityGroupId: pulumi.Output<string>;

  constructor(name: string, args: DatabaseNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    const shown = { ...args, ...(args.cidrBlock !== undefined && { availabilityZones: zonesShown(args) }) };
    super("holdfast:index:DatabaseNetwork", name, shown, pinnedOptions("DatabaseNetwork", name, WAYS, opts));
    refuse("DatabaseNetwork", name, networkFaults(args));
    const context = contextOf(this, name, args);
    const place = this.place(context, args);
    this.vpcId = pulumi.output(place.vpcId);
    this.subnetIds = place.subnetIds;
    const group = new rds.SubnetGroup(
      `${name}-subnets`,
      { description: "Private subnets of the database", subnetIds: place.subnetIds, tags: context.tagsFor("subnets") },
      { parent: this, ignoreChanges: ["name", "namePrefix"], deleteBeforeReplace: false },
    );
    this.subnetGroupName = group.name;
    const { database, clients } = createAccess(context, this.vpcId, args);
    if (place.own !== undefined) createEndpoints(context, place.own, clients, args.endpoints ?? []);
    this.securityGroupId = database.id;
    this.clientSecurityGroupId = clients.id;
    this.registerOutputs({
      vpcId: this.vpcId,
      subnetIds: this.subnetIds,
      subnetGroupName: this.subnetGroupName,
      securityGroupId: this.securityGroupId,
      clientSecurityGroupId: this.clientSecurityGroupId,
    });
  }

  private place(context: NetworkContext, { vpcId, subnetIds, cidrBlock, availabilityZones }: DatabaseNetworkArgs) {
    if (cidrBlock !== undefined) {
      const own = createPrivateVpc(context, cidrBlock, availabilityZones);
      return { own, vpcId: own.vpc.id, subnetIds: pulumi.output(own.subnets.map(({ id }) => id)) };
    }
    const given = pulumi.all([vpcId ?? "", pulumi.output(subnetIds ?? [])]);
    const seen = given.apply(async ([vpc, ids]) => {
      const subnets = await lookAtSubnets(ids, { parent: this });
      refuse("DatabaseNetwork", context.name, subnetFaults(subnets, vpc));
      return ids;
    });
    return { own: undefined, vpcId: vpcId ?? "", subnetIds: seen };
  }
}

/** What the preview compares: also a list that was left out is one that subnets were made by. */
function zonesShown({ availabilityZones }: DatabaseNetworkArgs): string[] | string {
  return availabilityZones ?? `the region's first ${String(DEFAULT_ZONES)}`;
}

function contextOf(component: pulumi.ComponentResource, name: string, { tags }: DatabaseNetworkArgs): NetworkContext {
  const prefix = `${pulumi.getProject()}-${pulumi.getStack()}-${name}`;
  return { component, name, tagsFor: (part) => tagsOf(name, { Name: `${prefix}-${part}`, ...tags }) };
}

const DEFAULT_PORT = 5433;

function createAccess(
  context: NetworkContext,
  vpcId: pulumi.Input<string>,
  { port = DEFAULT_PORT, allowedSecurityGroupIds = {}, allowedCidrBlocks = [] }: DatabaseNetworkArgs,
) {
  const database = createSecurityGroup(context, "database", "The database", vpcId);
  const clients = createSecurityGroup(context, "clients", "Clients of the database", vpcId);
  const from = (part: string, who: string, end: object): void =>
    allowIn(context, `from-${part}`, { ...end, group: database, port, description: `PostgreSQL from ${who}` });
  from("clients", "the clients' group", { referencedSecurityGroupId: clients.id });
  for (const [client, id] of Object.entries(allowedSecurityGroupIds)) {
    from(client, client, { referencedSecurityGroupId: id });
  }
  for (const block of allowedCidrBlocks) from(block.replace(/[./]/g, "-"), block, { cidrIpv4: block });
  const description = "PostgreSQL to the database";
  allowOut(context, "clients-to-database", {
    ...{ group: clients, port, description },
    referencedSecurityGroupId: database.id,
  });
  return { database, clients };
}
