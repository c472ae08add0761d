import assert from "node:assert/strict";
import * as iam from "@pulumi/aws/iam/index.js";
import * as kms from "@pulumi/aws/kms/index.js";
import * as pulumi from "@pulumi/pulumi";
import { createCluster } from "../../../components/database/aurora-cluster.js";
import { clusterFaults, type ClusterArgs } from "../../../components/database/check-cluster.js";
import type { ServerSettings } from "../../../components/database/server.js";
import { DatabaseNetwork } from "../../../components/database-network.js";
import { Guard, type BreakGlass } from "../../../components/guard.js";
import { tagsOf } from "../../../components/tags.js";
import { cloudOf, type CloudResource, type TestCloud } from "../../support/cloud.js";
import { createStackHarness, type RunReport, type StackHarness, type TestStack } from "../../support/pulumi.js";

const SETTINGS: Omit<ServerSettings, "keyArn" | "subnetGroupName" | "securityGroupIds"> = {
  engine: "aurora-postgresql",
  engineVersion: "16",
  allowsMajorUpgrade: false,
  databaseName: "app",
  masterUsername: "holdfast_admin",
  port: 5433,
  instanceClass: "db.r7g.large",
  multiAz: true,
  allocatedStorage: 20,
  maxAllocatedStorage: 0,
  storageType: "aurora",
  iops: undefined,
  storageThroughput: undefined,
  readers: 1,
  serverless: undefined,
  backupRetentionDays: 7,
  backupWindow: "02:00-02:30",
  maintenanceWindow: "sun:04:00-sun:04:30",
  monitoringInterval: 60,
  performanceInsightsRetentionDays: 7,
  parameters: [
    { name: "rds.force_ssl", value: "1" },
    { name: "log_min_duration_statement", value: "1000" },
    { name: "max_connections", value: "500", applyMethod: "pending-reboot" },
  ],
  caCertIdentifier: "rds-ca-rsa2048-g1",
  applyImmediately: true,
};

interface Wish {
  readonly settings?: Partial<ServerSettings>;
  readonly protection?: string;
  readonly breakGlass?: BreakGlass[];
  readonly identifier?: string;
}

/** What PersistentDatabase does with a cluster, without the rest of it. */
class ClusterAlone extends pulumi.ComponentResource {
  constructor(name: string, wish: Wish) {
    super("test:index:ClusterAlone", name, {});
    const key = new kms.Key(`${name}-key`, { enableKeyRotation: true }, { parent: this });
    const role = new iam.Role(`${name}-monitoring`, { assumeRolePolicy: ASSUME_ROLE }, { parent: this });
    const network = new DatabaseNetwork(`${name}-network`, { cidrBlock: "10.20.0.0/24" }, { parent: this });
    const server = createCluster({
      component: this,
      guard: new Guard(this, name, { protection: wish.protection, breakGlass: wish.breakGlass }),
      name,
      identifier: wish.identifier ?? "shop-dev-main",
      importId: undefined,
      makesLogGroups: true,
      tags: tagsOf(name),
      monitoringRoleArn: role.arn,
      settings: {
        ...SETTINGS,
        keyArn: key.arn,
        subnetGroupName: network.subnetGroupName,
        securityGroupIds: [network.securityGroupId],
        ...wish.settings,
      },
    });
    this.outputs = { ...server };
    this.registerOutputs(this.outputs);
  }

  readonly outputs: Record<string, unknown>;
}

const ASSUME_ROLE = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "monitoring.rds.amazonaws.com" } }],
});

describe("an Aurora cluster on the real engine", function () {
  this.timeout(180_000);
  let harness: StackHarness;
  let cloud: TestCloud;
  let stack: TestStack;
  const program =
    (wish: Wish = {}) =>
    (): Promise<Record<string, unknown>> =>
      Promise.resolve(new ClusterAlone("main", wish).outputs);
  const cluster = (): CloudResource => cloud.only("aws:rds/cluster:Cluster");
  const members = (): CloudResource[] => cloud.resources("ClusterInstance").sort((a, b) => (a.id < b.id ? -1 : 1));
  const changed = ({ changes }: RunReport): string[] =>
    changes
      .filter(({ type }) => type.startsWith("aws:"))
      .map(({ op, name }) => `${op} ${name}`)
      .sort();

  before(async () => {
    harness = await createStackHarness({ cloud: true });
    cloud = cloudOf(harness);
    stack = await harness.createStack({ project: "shop", program: program() });
  });
  after(() => harness.remove());

  it("has a writer and a reader in different zones, behind the outputs of any server", async () => {
    const { outputs } = await stack.up();
    assert.deepEqual(outputs["instanceIdentifiers"], ["shop-dev-main-1", "shop-dev-main-2"]);
    assert.equal(new Set(members().map(({ attributes }) => attributes["availabilityZone"])).size, 2);
    const { arn, clusterResourceId } = cluster().attributes;
    assert.deepEqual([outputs["arn"], outputs["resourceId"], outputs["port"]], [arn, clusterResourceId, 5433]);
    assert.match(String(outputs["host"]), /^shop-dev-main\.cluster-(?!ro)/);
    assert.match(String(outputs["readerHost"]), /^shop-dev-main\.cluster-ro-/);
    assert.equal(outputs["identifier"], "shop-dev-main");
    assert.equal(outputs["clusterIdentifier"], "shop-dev-main");
    assert.match(String(outputs["masterSecretArn"]), /^arn:aws:secretsmanager:.*:secret:rds!cluster-/);
  });

  it("passes what an auditor asks of a cluster", async () => {
    const held = cluster().attributes;
    const state = (await stack.state()).deployment as {
      resources: { type: string; inputs: Record<string, unknown> }[];
    };
    const { inputs } = state.resources.find(({ type }) => type === "aws:rds/cluster:Cluster") ?? assert.fail();
    const controls: Record<string, unknown> = {
      "RDS.7 deletion protection": held["deletionProtection"],
      "RDS.12 IAM authentication": held["iamDatabaseAuthenticationEnabled"],
      "RDS.15 several zones": members().length >= 2,
      "RDS.16 tags to snapshots": held["copyTagsToSnapshot"],
      "RDS.23 own port": held["port"] !== 5432,
      "RDS.24 own administrator": held["masterUsername"] !== "postgres",
      "RDS.27 encrypted with an own key": held["storageEncrypted"] === true && held["kmsKeyId"] === keyArn(),
      "RDS.28 tagged": Object.keys(held["tagsAll"] as object).length >= 3,
      "RDS.35 minor upgrades": held["autoMinorVersionUpgrade"],
      "RDS.37 logs exported": (held["enabledCloudwatchLogsExports"] as string[]).includes("postgresql"),
      "RDS.50 seven days of backups": Number(held["backupRetentionPeriod"]) >= 7,
      "the administrator's password is AWS's": (held["masterUserSecrets"] as unknown[]).length === 1,
      "… under the own key": held["masterUserSecretKmsKeyId"] === keyArn(),
      "automated backups outlive it": inputs["deleteAutomatedBackups"] === false,
      "a final snapshot is taken": inputs["skipFinalSnapshot"] === false,
      "no HTTP endpoint": held["enableHttpEndpoint"] === false,
    };
    for (const [control, holds] of Object.entries(controls)) assert.equal(holds, true, control);
    const [group] = cloud.resources("ClusterParameterGroup");
    assert.ok(JSON.stringify(group?.attributes["parameters"]).includes('"rds.force_ssl"'), "RDS.38 TLS forced");
    assert.equal(held["dbClusterParameterGroupName"], group?.id);
  });

  it("passes what an auditor asks of each member", () => {
    for (const { id, attributes: held } of members()) {
      const controls: Record<string, unknown> = {
        "RDS.2 private": held["publiclyAccessible"] === false,
        "RDS.6 enhanced monitoring": held["monitoringInterval"] === 60 && String(held["monitoringRoleArn"]) !== "",
        "RDS.13 minor upgrades": held["autoMinorVersionUpgrade"],
        "RDS.17 tags to snapshots": held["copyTagsToSnapshot"],
        "Performance Insights": held["performanceInsightsEnabled"],
        "… under the own key": held["performanceInsightsKmsKeyId"] === keyArn(),
        "a parameter group of its own": String(held["dbParameterGroupName"]).startsWith(
          "shop-dev-main-members-aurora-postgresql16",
        ),
      };
      for (const [control, holds] of Object.entries(controls)) assert.equal(holds, true, `${id}: ${control}`);
    }
  });

  it("writes its logs under the own key, for a year", () => {
    const logs = cloud
      .resources("LogGroup")
      .map(({ id, attributes }) => [id, attributes["retentionInDays"], attributes["kmsKeyId"]]);
    assert.deepEqual(logs.sort(), [
      ["/aws/rds/cluster/shop-dev-main/iam-db-auth-error", 365, keyArn()],
      ["/aws/rds/cluster/shop-dev-main/postgresql", 365, keyArn()],
    ]);
  });

  it("has nothing left to do, also after AWS moved the minor version and another member writes", async () => {
    assert.deepEqual(changed(await stack.preview()), []);
    cloud.moveMinorVersion("shop-dev-main", "16.99");
    cloud.failover("shop-dev-main");
    await stack.refresh();
    assert.deepEqual(changed(await stack.preview()), []);
    assert.equal(cluster().attributes["engineVersionActual"], "16.99");
  });

  it("takes in a reader, and lets the highest go, and touches nobody else", async () => {
    assert.deepEqual(changed(await stack.up({ program: program({ settings: { readers: 3 } }) })), [
      "create main-cluster-member-3",
      "create main-cluster-member-4",
    ]);
    assert.deepEqual(changed(await stack.up({ program: program({ settings: { readers: 2 } }) })), [
      "delete main-cluster-member-4",
    ]);
    assert.deepEqual(changed(await stack.up()), ["delete main-cluster-member-3"]);
  });

  it("becomes serverless and provisioned again in place", async () => {
    const serverless = { minCapacity: 0, maxCapacity: 16 };
    const changes = changed(await stack.up({ program: program({ settings: { serverless } }) }));
    assert.deepEqual(changes, ["update main-cluster", "update main-cluster-member-1", "update main-cluster-member-2"]);
    assert.deepEqual(
      members().map(({ attributes }) => attributes["instanceClass"]),
      ["db.serverless", "db.serverless"],
    );
    assert.deepEqual(cluster().attributes["serverlessv2ScalingConfiguration"], {
      ...serverless,
      secondsUntilAutoPause: 300,
    });
    await stack.up();
    assert.deepEqual(changed(await stack.preview()), []);
  });

  it("changes its storage type in place, and back", async () => {
    const optimised = program({ settings: { storageType: "aurora-iopt1" } });
    assert.deepEqual(changed(await stack.up({ program: optimised })), ["update main-cluster"]);
    assert.deepEqual(changed(await stack.up()), ["update main-cluster"]);
    assert.deepEqual(changed(await stack.preview()), []);
  });

  it("keeps what AWS cannot change in place, whatever the program says", async () => {
    const other = new DatabaseOfOtherSettings();
    const { changes } = await stack.preview({ program: program(other) });
    const replaced = changes.filter(({ op }) => op !== "update" && op !== "same");
    assert.deepEqual(
      replaced.map(({ op, name }) => `${op} ${name}`),
      [],
    );
  });

  it("goes to the next major version with its groups, in one deploy, and then stands still", async () => {
    const resourceId = cluster().attributes["clusterResourceId"];
    const next = { engineVersion: "17", allowsMajorUpgrade: true };
    const report = await stack.up({ program: program({ settings: next }) });
    assert.deepEqual(changed(report), [
      "create main-cluster-parameters-17",
      "create main-member-parameters-17",
      "delete main-cluster-parameters-16",
      "delete main-member-parameters-16",
      "update main-cluster",
      "update main-cluster-member-1",
      "update main-cluster-member-2",
    ]);
    assert.match(String(cluster().attributes["engineVersionActual"]), /^17\./);
    assert.equal(cluster().attributes["clusterResourceId"], resourceId);
    const after = program({ settings: { engineVersion: "17" } });
    await stack.up({ program: after });
    assert.deepEqual(changed(await stack.preview({ program: after })), []);
  });

  it("is refused without the explicit wish for a major version, and runs on", async () => {
    const { succeeded } = await stack.up({ program: program({ settings: { engineVersion: "18" } }), mayFail: true });
    assert.equal(succeeded, false);
    assert.match(String(cluster().attributes["engineVersionActual"]), /^17\./);
    await stack.up({ program: program({ settings: { engineVersion: "17" } }) });
  });

  for (const runProgram of [false, true]) {
    it(`is not destroyed, and no member before it (${runProgram ? "with" : "without"} the program)`, async () => {
      const before = cloud.resources("ClusterInstance").length;
      const { succeeded } = await stack.destroy({ mayFail: true, runProgram });
      assert.equal(succeeded, false);
      assert.equal(cloud.resources("ClusterInstance").length, before);
      assert.equal(cluster().attributes["deletionProtection"], true);
    });
  }

  it("is not lost when it leaves the program, and neither is a member", async () => {
    const before = cloud.resources("ClusterInstance").length;
    const { succeeded } = await stack.up({ program: () => Promise.resolve({}), mayFail: true });
    assert.equal(succeeded, false);
    assert.equal(cloud.resources("ClusterInstance").length, before);
  });

  it("keeps no secret in the state", async () => {
    const state = JSON.stringify(await stack.state());
    assert.ok(!state.includes(cloud.secretValue("shop-dev-main")));
  });

  const keyArn = (): unknown => cloud.only("aws:kms/key:Key").attributes["arn"];
});

/** Another value for each setting that is pinned. */
class DatabaseOfOtherSettings implements Wish {
  readonly identifier = "shop-dev-other";
  readonly settings = {
    databaseName: "other",
    masterUsername: "other_admin",
    keyArn: "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    subnetGroupName: "other",
  };
}

describe("an Aurora cluster's arguments", () => {
  const GOOD: readonly Partial<ClusterArgs>[] = [
    {},
    { readers: 0 },
    { readers: 15 },
    { serverless: { minCapacity: 0, maxCapacity: 1 } },
    { serverless: { minCapacity: 0.5, maxCapacity: 256 } },
    { serverless: { minCapacity: 8.5, maxCapacity: 8.5 } },
    { instanceClass: "db.r8g.16xlarge" },
    { instanceClass: "db.t4g.medium" },
    { storageType: "aurora-iopt1" },
    { multiAz: true, readers: 1 },
    { multiAz: false, readers: 0 },
  ];
  for (const args of GOOD) {
    it(`are accepted: ${JSON.stringify(args)}`, () => {
      assert.deepEqual(clusterFaults({ identifier: "shop-dev-main", ...args }), []);
    });
  }

  const BAD: readonly (readonly [property: string, args: Partial<ClusterArgs>])[] = [
    ["readers", { readers: -1 }],
    ["readers", { readers: 16 }],
    ["readers", { readers: 1.5 }],
    ["serverless.minCapacity", { serverless: { minCapacity: -0.5, maxCapacity: 4 } }],
    ["serverless.minCapacity", { serverless: { minCapacity: 0.25, maxCapacity: 4 } }],
    ["serverless.minCapacity", { serverless: { minCapacity: 8, maxCapacity: 4 } }],
    ["serverless.maxCapacity", { serverless: { minCapacity: 0, maxCapacity: 0.5 } }],
    ["serverless.maxCapacity", { serverless: { minCapacity: 0, maxCapacity: 256.5 } }],
    ["serverless.maxCapacity", { serverless: { minCapacity: 0, maxCapacity: Number.NaN } }],
    ["instanceClass", { instanceClass: "db.r7g.large", serverless: { minCapacity: 1, maxCapacity: 2 } }],
    ["instanceClass", { instanceClass: "db.m7g.large" }],
    ["instanceClass", { instanceClass: "db.t4g.micro" }],
    ["instanceClass", { instanceClass: "db.serverless" }],
    ["storageType", { storageType: "gp3" }],
    ["readers", { multiAz: true, readers: 0 }],
    ["allocatedStorage", { allocatedStorage: 100 }],
    ["maxAllocatedStorage", { maxAllocatedStorage: 1000 }],
    ["iops", { iops: 3000 }],
    ["storageThroughput", { storageThroughput: 125 }],
  ];
  for (const [property, args] of BAD) {
    it(`are refused by name, range and way: ${JSON.stringify(args)}`, () => {
      const [fault, ...others] = clusterFaults({ identifier: "shop-dev-main", ...args });
      assert.equal(fault?.property, property);
      assert.ok(fault.allowed !== "" && fault.way !== "");
      if (Object.keys(args).length === 1 && !Number.isNaN(args.serverless?.maxCapacity)) assert.deepEqual(others, []);
    });
  }

  it("leave room in the identifier for the numbers of the members", () => {
    assert.deepEqual(clusterFaults({ identifier: "a".repeat(60) }), []);
    assert.equal(clusterFaults({ identifier: "a".repeat(61) })[0]?.property, "identifier");
  });
});
