import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import * as aws from "@pulumi/aws/index.js";
import * as backup from "@pulumi/aws/backup/index.js";
import * as kms from "@pulumi/aws/kms/index.js";
import * as rds from "@pulumi/aws/rds/index.js";
import * as sns from "@pulumi/aws/sns/index.js";
import * as pulumi from "@pulumi/pulumi";
import { ACCOUNT, cloudOf, REGION, type TestCloud } from "../support/cloud.js";
import { AWS_VERSION } from "../support/cloud-plugin.js";
import { createStackHarness, type StackHarness, type TestStack } from "../support/pulumi.js";

describe("the simulated AWS provider", () => {
  let harness: StackHarness;
  let cloud: TestCloud;
  let stack: TestStack;

  before(async () => {
    harness = await createStackHarness({ cloud: true, linksCheckout: false });
    cloud = cloudOf(harness);
    stack = await harness.createStack({ program: () => Promise.resolve({}) });
  });
  after(() => harness.remove());

  const tell = (declare: () => void): (() => Promise<object>) => {
    return () => {
      declare();
      return Promise.resolve({});
    };
  };

  it("starts only where a test names a folder for its cloud", () => {
    const plugin = join(harness.env["PULUMI_HOME"]!, "plugins", `resource-aws-v${AWS_VERSION}`, "pulumi-resource-aws");
    const { HOLDFAST_SIMULATED_CLOUD, ...env } = { ...process.env, HOLDFAST_SIMULATED_CLOUD: "" };
    const { status, stderr } = spawnSync(plugin, { env, encoding: "utf8" });
    assert.equal(HOLDFAST_SIMULATED_CLOUD, "");
    assert.equal(status, 1);
    assert.match(stderr, /only simulates AWS/);
  });

  it("answers what a program asks of account and region", async () => {
    const { outputs } = await stack.up({
      program: async () => ({
        region: (await aws.getRegion()).region,
        account: (await aws.getCallerIdentity()).accountId,
        partition: (await aws.getPartition()).partition,
        zones: (await aws.getAvailabilityZones()).names,
      }),
    });
    const zones = ["a", "b", "c"].map((letter) => `${REGION}${letter}`);
    assert.deepEqual(outputs, { region: REGION, account: ACCOUNT, partition: "aws", zones });
  });

  it("refuses a type and an input it does not know", async () => {
    const type = await stack.preview({
      program: tell(() => new AnyResource("aws:sqs/queue:Queue", "queue", {})),
      mayFail: true,
    });
    assert.match(type.errors.join("\n"), /the simulated cloud has no resource aws:sqs\/queue:Queue/);
    const input = tell(() => new AnyResource("aws:sns/topic:Topic", "topic", { colour: "red" }));
    assert.match(
      (await stack.preview({ program: input, mayFail: true })).errors.join("\n"),
      /"colour" is not expected here/,
    );
  });

  it("refuses inputs in preview that the real one refuses before it calls AWS", async () => {
    const faulty = tell(() => {
      new rds.Instance("db", {
        identifier: "My--Database",
        backupRetentionPeriod: 36,
        instanceClass: "db.t4g.medium",
        manageMasterUserPassword: true,
        monitoringInterval: 7,
        password: "also given",
        performanceInsightsRetentionPeriod: 30,
      });
    });
    const unnamed = tell(() => {
      new backup.RestoreTestingPlan("weekly-plan", {
        scheduleExpression: "rate(1 day)",
        recoveryPointSelection: { algorithm: "x", includeVaults: ["*"], recoveryPointTypes: ["SNAPSHOT"] },
      });
    });
    const said = (await stack.preview({ program: faulty, mayFail: true })).errors.join("\n");
    for (const words of [
      /two consecutive hyphens/,
      /\(0 - 35\)/,
      /monitoringInterval to be one of/,
      /conflicts with/,
      /multiple of 31/,
    ]) {
      assert.match(said, words);
    }
    const { errors } = await stack.preview({ program: unnamed, mayFail: true });
    assert.match(errors.join("\n"), /only alphanumeric characters, and underscores/);
  });

  it("gives a name of its own where none is given, and keeps it", async () => {
    const program = tell(() => new sns.Topic("alerts"));
    await stack.up({ program });
    const { name } = cloud.only("Topic").attributes;
    assert.match(String(name), /^alerts-[0-9a-f]{7}$/);
    await stack.up({ program: tell(() => new sns.Topic("alerts", { displayName: "Alerts" })) });
    assert.equal(cloud.only("Topic").attributes["name"], name);
  });

  it("puts its default tags on what it makes, without a change of the resource's own", async () => {
    const tagged = (value: string): (() => Promise<object>) =>
      tell(() => {
        const provider = new aws.Provider("tagging", { region: REGION, defaultTags: { tags: { Team: value } } });
        new kms.Key("key", { tags: { Owner: "platform" } }, { provider });
      });
    await stack.up({ program: tagged("data") });
    assert.deepEqual(cloud.only("Key").attributes["tagsAll"], { Team: "data", Owner: "platform" });
    assert.deepEqual((await stack.preview({ program: tagged("data") })).changes, []);
    const next = await stack.preview({ program: tagged("shop") });
    const key = next.changes.find(({ type }) => type === "aws:kms/key:Key");
    assert.deepEqual(key?.detailedDiff, { "tagsAll.Team": "update" });
  });

  it("leaves a resource where it is when only the provider's region changes", async () => {
    const inRegion = (region: string): (() => Promise<object>) =>
      tell(() => {
        const provider = new aws.Provider("moving", { region: region as aws.Region });
        new kms.Key("kept", {}, { provider });
      });
    await stack.up({ program: inRegion("eu-west-1") });
    const report = await stack.up({ program: inRegion("us-east-1") });
    assert.deepEqual(
      report.changes.filter(({ type }) => type === "aws:kms/key:Key").filter(({ name }) => name === "kept"),
      [],
    );
    assert.equal(
      cloud
        .in({ region: "eu-west-1" })
        .resources("Key")
        .filter(({ region }) => region === "eu-west-1").length,
      1,
    );
  });

  it("shows what somebody changed outside, and what is gone, in a refresh", async () => {
    const program = tell(() => new sns.Topic("watched", { displayName: "Alerts" }));
    await stack.up({ program });
    const { id } = cloud.only("Topic");
    cloud.changeAtConsole("aws:sns/topic:Topic", id, { displayName: "Changed" });
    await stack.refresh();
    const drift = (await stack.preview({ program })).changes.find(({ type }) => type === "aws:sns/topic:Topic");
    assert.deepEqual(drift?.detailedDiff, { displayName: "update" });
    cloud.vanish("aws:sns/topic:Topic", id);
    await stack.refresh();
    const gone = (await stack.preview({ program })).changes.find(({ type }) => type === "aws:sns/topic:Topic");
    assert.equal(gone?.op, "create");
  });

  it("keeps a log of every call that changes something, also of those that failed", async () => {
    const program = tell(() => new kms.Alias("lost", { targetKeyId: "simulated-nothing" }));
    await stack.up({ program, mayFail: true });
    const last = cloud.changes().findLast(({ type }) => type === "aws:kms/alias:Alias");
    assert.equal(last?.act, "create");
    assert.match(last?.error ?? "", /NotFoundException/);
  });
});

class AnyResource extends pulumi.CustomResource {}
