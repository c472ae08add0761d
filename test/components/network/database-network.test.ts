import assert from "node:assert/strict";
import * as ec2 from "@pulumi/aws/ec2/index.js";
import * as pulumi from "@pulumi/pulumi";
import { DatabaseNetwork, type DatabaseNetworkArgs } from "../../../components/database-network.js";
import { networkFaults } from "../../../components/network/check-network.js";
import { subnetFaults, type Subnet } from "../../../components/network/check-subnets.js";
import { formatRange, parseRange, splitRange } from "../../../components/network/ipv4-range.js";
import { cloudOf, type TestCloud } from "../../support/cloud.js";
import { createStackHarness, type ResourceStep, type StackHarness, type TestStack } from "../../support/pulumi.js";

const OWN: DatabaseNetworkArgs = { cidrBlock: "10.20.0.0/24" };

describe("DatabaseNetwork with a VPC of its own, on the real engine", function () {
  this.timeout(180_000);
  let harness: StackHarness;
  let cloud: TestCloud;
  let stack: TestStack;
  const network =
    (args: DatabaseNetworkArgs, name = "net", opts = {}) =>
    (): Promise<object> => {
      const made = new DatabaseNetwork(name, args, opts);
      const { vpcId, subnetIds, subnetGroupName, securityGroupId, clientSecurityGroupId } = made;
      return Promise.resolve({ vpcId, subnetIds, subnetGroupName, securityGroupId, clientSecurityGroupId });
    };

  before(async () => {
    harness = await createStackHarness({ cloud: true });
    cloud = cloudOf(harness);
    stack = await harness.createStack({ project: "shop", program: network(OWN) });
  });
  after(() => harness.remove());

  it("makes private subnets in three zones, whose routes lead nowhere outside", async () => {
    const { outputs } = await stack.up();
    const subnets = cloud.resources("Subnet").map(({ attributes }) => attributes);
    assert.deepEqual(subnets.map(({ cidrBlock }) => cidrBlock).sort(), [
      "10.20.0.0/26",
      "10.20.0.128/26",
      "10.20.0.64/26",
    ]);
    assert.equal(new Set(subnets.map(({ availabilityZone }) => availabilityZone)).size, 3);
    assert.ok(subnets.every(({ mapPublicIpOnLaunch }) => mapPublicIpOnLaunch === false));
    assert.equal(cloud.resources("RouteTableAssociation").length, 3);
    assert.deepEqual(cloud.only("RouteTable").attributes["routes"] ?? [], []);
    assert.deepEqual(
      (outputs["subnetIds"] as string[]).sort(),
      cloud
        .resources("Subnet")
        .map(({ id }) => id)
        .sort(),
    );
    assert.equal(outputs["subnetGroupName"], cloud.only("SubnetGroup").id);
  });

  it("lets in the clients' group only, by a rule that says whom", () => {
    const groups = cloud.resources("SecurityGroup");
    const [database, clients] = ["The database", "Clients of the database"].map(
      (about) => groups.find(({ attributes }) => attributes["description"] === about)?.id,
    );
    const rule = cloud.only("SecurityGroupIngressRule").attributes;
    assert.deepEqual(
      [
        rule["securityGroupId"],
        rule["referencedSecurityGroupId"],
        rule["fromPort"],
        rule["toPort"],
        rule["ipProtocol"],
      ],
      [database, clients, 5433, 5433, "tcp"],
    );
    assert.equal(rule["description"], "PostgreSQL from the clients' group");
    assert.equal(cloud.only("SecurityGroupEgressRule").attributes["securityGroupId"], clients);
  });

  it("leaves the group that the VPC came with without a rule", () => {
    const { id, attributes } = cloud.only("DefaultSecurityGroup");
    assert.equal(id, cloud.only("Vpc").attributes["defaultSecurityGroupId"]);
    assert.deepEqual([attributes["ingress"], attributes["egress"]], [[], []]);
  });

  it("is tagged throughout", () => {
    const tagged = cloud.resources().filter(({ attributes }) => "tagsAll" in attributes);
    assert.ok(tagged.length >= 9);
    for (const { type, attributes } of tagged) {
      assert.equal((attributes["tagsAll"] as Record<string, string>)["holdfast:component"], "net", type);
    }
  });

  it("has nothing left to do", async () => {
    assert.deepEqual((await stack.up()).changes, []);
  });

  it("takes in a range and a group, and lets one go, each by its own rule and nothing else", async () => {
    const more = { ...OWN, allowedCidrBlocks: ["10.1.0.0/16", "10.2.0.0/16"], allowedSecurityGroupIds: { api: "" } };
    const withGroup = async (args: DatabaseNetworkArgs): Promise<ResourceStep[]> => {
      const program = (): Promise<object> => {
        const api = new ec2.SecurityGroup("api", { description: "api" });
        const given = args.allowedSecurityGroupIds === undefined ? {} : { allowedSecurityGroupIds: { api: api.id } };
        return network({ ...args, ...given })();
      };
      return childrenOf(await stack.up({ program }));
    };
    assert.deepEqual(names(await withGroup(more)), [
      "create api",
      "create net-from-10-1-0-0-16",
      "create net-from-10-2-0-0-16",
      "create net-from-api",
    ]);
    assert.deepEqual(names(await withGroup({ ...more, allowedCidrBlocks: ["10.2.0.0/16"] })), [
      "delete net-from-10-1-0-0-16",
    ]);
    assert.deepEqual(names(await withGroup({ ...OWN, allowedCidrBlocks: ["10.2.0.0/16"] })), ["delete net-from-api"]);
    assert.deepEqual(names(childrenOf(await stack.up({ program: network(OWN) }))), [
      "delete api",
      "delete net-from-10-2-0-0-16",
    ]);
  });

  it("moves to another port in place", async () => {
    const changes = childrenOf(await stack.up({ program: network({ ...OWN, port: 6000 }) }));
    assert.deepEqual(names(changes), ["update net-clients-to-database", "update net-from-clients"]);
    await stack.up();
  });

  it("makes endpoints when asked, each by itself, and only clients reach them", async () => {
    const endpoints = ["secretsmanager", "s3"];
    await stack.up({ program: network({ ...OWN, endpoints }) });
    const made = cloud.resources("VpcEndpoint").map(({ attributes }) => attributes);
    assert.deepEqual(
      made.map(({ serviceName, vpcEndpointType }) => `${String(vpcEndpointType)} ${String(serviceName)}`).sort(),
      ["Gateway com.amazonaws.eu-central-1.s3", "Interface com.amazonaws.eu-central-1.secretsmanager"],
    );
    assert.equal(made.find(({ vpcEndpointType }) => vpcEndpointType === "Interface")?.["privateDnsEnabled"], true);
    const again = await stack.preview({ program: network({ ...OWN, endpoints }) });
    assert.deepEqual(again.changes, []);
    const more = childrenOf(await stack.preview({ program: network({ ...OWN, endpoints: [...endpoints, "kms"] }) }));
    assert.deepEqual(names(more), ["create net-endpoint-kms"]);
    await stack.up();
    assert.equal(cloud.resources("VpcEndpoint").length, 0);
  });

  for (const [property, args] of [
    ["cidrBlock", { cidrBlock: "10.30.0.0/24" }],
    ["availabilityZones", { ...OWN, availabilityZones: ["eu-central-1a", "eu-central-1b"] }],
    ["cidrBlock", { vpcId: "vpc-1", subnetIds: ["subnet-1", "subnet-2"] }],
  ] as const) {
    it(`refuses another ${property} in the preview, with the way (${JSON.stringify(args)})`, async () => {
      const { succeeded, errors } = await stack.preview({
        program: network(args as DatabaseNetworkArgs),
        mayFail: true,
      });
      assert.equal(succeeded, false);
      assert.match(
        errors.join("\n"),
        new RegExp(`DatabaseNetwork "net" cannot be changed in place:\\s+${property} is .* Make a second`),
      );
    });
  }

  it("stays where it is when AWS offers other zones, and under a new name with its alias", async () => {
    const program = network(OWN, "network", { aliases: [{ name: "net" }] });
    const report = await stack.preview({ program });
    assert.deepEqual(
      report.changes.filter(({ op }) => op !== "update").map(({ op, name }) => `${op} ${name}`),
      [],
    );
  });

  it("stands in an existing VPC, and changes its list of subnets in place", async () => {
    const existing = (subnets: readonly number[]) => (): Promise<object> => {
      const vpc = new ec2.Vpc("theirs", { cidrBlock: "10.50.0.0/16" });
      const all = ["a", "b", "c"].map(
        (zone, index) =>
          new ec2.Subnet(`theirs-${zone}`, {
            vpcId: vpc.id,
            cidrBlock: `10.50.${String(index)}.0/24`,
            availabilityZone: `eu-central-1${zone}`,
          }),
      );
      return network(
        { vpcId: vpc.id, subnetIds: subnets.map((index) => (all[index] ?? assert.fail()).id) },
        "beside",
      )();
    };
    const both = (subnets: readonly number[]) => async (): Promise<object> => {
      await network(OWN)();
      return existing(subnets)();
    };
    await stack.up({ program: both([0, 1]) });
    const changes = childrenOf(await stack.up({ program: both([0, 1, 2]) }));
    assert.deepEqual(names(changes), ["update beside-subnets"]);
  });

  it("is refused in the preview where a subnet leads to the internet, or is not there", async () => {
    const open = (): Promise<object> => {
      const vpc = new ec2.Vpc("open", { cidrBlock: "10.60.0.0/16" });
      const routes = [{ cidrBlock: "0.0.0.0/0", gatewayId: "igw-1" }];
      const table = new ec2.RouteTable("open", { vpcId: vpc.id, routes });
      const subnetIds = ["a", "b"].map((zone, index) => {
        const availabilityZone = `eu-central-1${zone}`;
        const cidrBlock = `10.60.${String(index)}.0/24`;
        const subnet = new ec2.Subnet(`open-${zone}`, { vpcId: vpc.id, cidrBlock, availabilityZone });
        new ec2.RouteTableAssociation(`open-${zone}`, { subnetId: subnet.id, routeTableId: table.id });
        return subnet.id;
      });
      return network({ vpcId: vpc.id, subnetIds }, "open")();
    };
    await stack.up({ program: open, mayFail: true });
    const gone = network({ vpcId: "vpc-1", subnetIds: ["subnet-1", "subnet-2"] }, "gone");
    for (const [program, says] of [
      [open, /subnetIds is ".*, whose default route leads to igw-1"; allowed: private subnets/],
      [gone, /Subnet subnet-[12] cannot be looked at: .*ec2:DescribeSubnets/],
    ] as const) {
      const told = (await stack.preview({ program, mayFail: true })).errors.join("\n");
      assert.match(told, says);
      assert.doesNotMatch(told, /\n\s+at /);
    }
  });
});

function childrenOf({ changes }: { readonly changes: readonly ResourceStep[] }): ResourceStep[] {
  return changes.filter(({ type }) => type.startsWith("aws:"));
}

function names(steps: readonly ResourceStep[]): string[] {
  return steps.map(({ op, name }) => `${op} ${name}`).sort();
}

describe("a DatabaseNetwork's arguments", () => {
  const existing = { vpcId: "vpc-1", subnetIds: ["subnet-1", "subnet-2"] };
  const GOOD: readonly DatabaseNetworkArgs[] = [
    OWN,
    existing,
    { vpcId: pulumi.output("vpc-1"), subnetIds: pulumi.output(["subnet-1", "subnet-2"]) },
    { cidrBlock: "172.31.0.0/16", availabilityZones: ["a", "b", "c", "d"] },
    { cidrBlock: "192.168.7.192/26" },
    { ...existing, allowedCidrBlocks: ["10.0.0.0/8", "10.1.2.3/32"], port: 65535 },
    { ...OWN, allowedSecurityGroupIds: { "api-2": "sg-1" }, endpoints: ["s3", "ecr.api"] },
  ];
  for (const args of GOOD) {
    it(`are accepted: ${JSON.stringify(args, (_key, value: unknown) => (pulumi.Output.isInstance(value) ? "…" : value))}`, () => {
      assert.deepEqual(networkFaults(args), []);
    });
  }

  const BAD: readonly (readonly [property: string, args: DatabaseNetworkArgs])[] = [
    ["vpcId", {}],
    ["vpcId", { subnetIds: ["subnet-1", "subnet-2"] }],
    ["cidrBlock", { ...existing, cidrBlock: "10.0.0.0/24" }],
    ["subnetIds", { ...OWN, subnetIds: ["subnet-1"] }],
    ["subnetIds", { vpcId: "vpc-1" }],
    ["subnetIds", { vpcId: "vpc-1", subnetIds: ["subnet-1"] }],
    ["endpoints", { ...existing, endpoints: ["s3"] }],
    ["endpoints", { ...OWN, endpoints: ["dynamo"] }],
    ["endpoints", { ...OWN, endpoints: ["s3", "s3"] }],
    ["cidrBlock", { cidrBlock: "10.0.0.0/15" }],
    ["cidrBlock", { cidrBlock: "10.0.0.0/27" }],
    ["cidrBlock", { cidrBlock: "10.0.0.1/24" }],
    ["cidrBlock", { cidrBlock: "8.8.8.0/24" }],
    ["cidrBlock", { cidrBlock: "10.0.0/24" }],
    ["cidrBlock", { cidrBlock: "fd00::/64" }],
    ["availabilityZones", { ...OWN, availabilityZones: ["a"] }],
    ["availabilityZones", { ...OWN, availabilityZones: ["a", "a"] }],
    ["availabilityZones", { ...OWN, availabilityZones: ["a", "b", "c", "d", "e"] }],
    ["availabilityZones", { ...existing, availabilityZones: ["a", "b"] }],
    ["port", { ...OWN, port: 1149 }],
    ["port", { ...OWN, port: 65536 }],
    ["port", { ...OWN, port: 5432.5 }],
    ["allowedCidrBlocks[0]", { ...OWN, allowedCidrBlocks: ["0.0.0.0/0"] }],
    ["allowedCidrBlocks[1]", { ...OWN, allowedCidrBlocks: ["10.0.0.0/16", "128.0.0.0/1"] }],
    ["allowedCidrBlocks[0]", { ...OWN, allowedCidrBlocks: ["10.0.0.7/16"] }],
    ["allowedCidrBlocks[0]", { ...OWN, allowedCidrBlocks: ["10.0.0.256/32"] }],
    ["allowedCidrBlocks", { ...OWN, allowedCidrBlocks: ["10.0.0.0/16", "10.0.0.0/16"] }],
    ["allowedSecurityGroupIds", { ...OWN, allowedSecurityGroupIds: { "Api Server": "sg-1" } }],
    ["allowedSecurityGroupIds", { ...OWN, allowedSecurityGroupIds: { clients: "sg-1" } }],
  ];
  for (const [property, args] of BAD) {
    it(`are refused by name, range and way: ${JSON.stringify(args)}`, () => {
      const [fault, ...others] = networkFaults(args);
      assert.equal(fault?.property, property);
      assert.ok(fault.allowed !== "" && fault.way !== "");
      assert.deepEqual(others, []);
    });
  }

  it("are judged all at once", () => {
    const args = { cidrBlock: "8.8.8.0/24", port: 22, allowedCidrBlocks: ["0.0.0.0/0"] };
    assert.deepEqual(
      networkFaults(args).map(({ property }) => property),
      ["cidrBlock", "port", "allowedCidrBlocks[0]"],
    );
  });
});

describe("existing subnets", () => {
  const subnet = (id: string, zone: string, more: Partial<Subnet> = {}): Subnet => {
    return { id, zone, vpcId: "vpc-1", internetGateway: undefined, ...more };
  };
  const good = [subnet("subnet-1", "a"), subnet("subnet-2", "b")];
  const first = (subnets: readonly Subnet[]): string => {
    const [fault] = subnetFaults(subnets, "vpc-1");
    return fault === undefined ? "" : `${fault.property} ${String(fault.value)} ${fault.way}`;
  };

  it("in two zones are accepted", () => assert.equal(first(good), ""));
  it("in one zone are refused", () => assert.match(first([good[0]!, subnet("x", "a")]), /all in a .*different zones/));
  it("of another VPC are refused", () => {
    assert.match(first([...good, subnet("x", "c", { vpcId: "vpc-2" })]), /x of vpc-2 .*vpcId/);
  });
  it("with a route to the internet are refused", () => {
    const open = subnet("x", "c", { internetGateway: "igw-1" });
    assert.match(first([...good, open]), /x, whose default route leads to igw-1 .*private subnets/);
  });
});

describe("IPv4 ranges", () => {
  it("split into parts that lie in them, side by side", () => {
    const parts = splitRange(parseRange("10.20.0.0/16") ?? assert.fail(), 2, 4).map(formatRange);
    assert.deepEqual(parts, ["10.20.0.0/18", "10.20.64.0/18", "10.20.128.0/18", "10.20.192.0/18"]);
  });
  it("survive the top of the address space", () => {
    assert.equal(formatRange(parseRange("255.255.255.240/28") ?? assert.fail()), "255.255.255.240/28");
  });
});
