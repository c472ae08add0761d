import assert from "node:assert/strict";
import * as kms from "@pulumi/aws/kms/index.js";
import * as rds from "@pulumi/aws/rds/index.js";
import type * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { cloudOf, KNOWN_SECRET_MARK, type TestCloud } from "../support/cloud.js";
import {
  createStackHarness,
  type ResourceStep,
  type RunReport,
  type StackHarness,
  type TestStack,
} from "../support/pulumi.js";

describe("a simulated database instance", () => {
  let harness: StackHarness;
  let cloud: TestCloud;
  let stack: TestStack;

  before(async () => {
    harness = await createStackHarness({ cloud: true, linksCheckout: false });
    cloud = cloudOf(harness);
    stack = await harness.createStack({ program: program({}) });
    await stack.up();
  });
  after(() => harness.remove());

  const replacing: readonly (readonly [string, Partial<rds.InstanceArgs>, string])[] = [
    ["a changed KMS key", { kmsKeyId: "arn:aws:kms:eu-central-1:123456789012:key/other" }, "kmsKeyId"],
    ["another user name", { username: "somebody" }, "username"],
    ["a first database name", { dbName: "app" }, "dbName"],
    ["another zone", { availabilityZone: "eu-central-1b" }, "availabilityZone"],
    ["encryption switched off", { storageEncrypted: false }, "storageEncrypted"],
    ["another engine", { engine: "mysql" }, "engine"],
    ["a snapshot to start from", { snapshotIdentifier: "old" }, "snapshotIdentifier"],
    ["another region", { region: "eu-west-1" }, "region"],
  ];
  for (const [title, args, property] of replacing) {
    it(`is replaced by ${title}`, async () => {
      const report = await stack.preview({ program: program(args), mayFail: true });
      const step = stepOf(report, ["replace"]);
      assert.deepEqual(step.replaceKeys, [property]);
    });
  }

  const inPlace: readonly (readonly [string, Partial<rds.InstanceArgs>])[] = [
    ["a longer retention", { backupRetentionPeriod: 14 }],
    ["a larger class", { instanceClass: "db.m7g.large" }],
    ["another identifier", { identifier: "renamed" }],
    ["another port", { port: 5433 }],
    ["another major version", { engineVersion: "18" }],
    ["more storage", { allocatedStorage: 200 }],
  ];
  for (const [title, args] of inPlace) {
    it(`changes in place for ${title}`, async () => {
      const report = await stack.preview({ program: program(args) });
      assert.deepEqual(Object.keys(stepOf(report, ["update"]).detailedDiff), Object.keys(args));
    });
  }

  it("keeps what was set when an input is left out", async () => {
    const left = await stack.preview({ program: program({ backupWindow: undefined, kmsKeyId: undefined }) });
    assert.deepEqual(left.changes, []);
  });

  it("has no change for a pinned input that ignoreChanges names, in program and cloud alike", async () => {
    cloud.failover("main");
    await stack.refresh();
    const options = { ignoreChanges: ["availabilityZone", "username"] };
    const wish = { availabilityZone: "eu-central-1a", username: "somebody" };
    assert.deepEqual((await stack.preview({ program: program(wish, options) })).changes, []);
    const unguarded = await stack.preview({ program: program({ availabilityZone: "eu-central-1a" }), mayFail: true });
    assert.deepEqual(stepOf(unguarded, ["replace"]).replaceKeys, ["availabilityZone"]);
  });

  it("is deleted first where its identifier was given, and created first where deleteBeforeReplace says so", async () => {
    const given = await stack.preview({ program: program({ username: "somebody" }), mayFail: true });
    assert.deepEqual(replaceOrder(given), ["delete-replaced", "replace", "create-replacement"]);
    const held = await stack.preview({
      program: program({ username: "somebody" }, { deleteBeforeReplace: false }),
      mayFail: true,
    });
    assert.deepEqual(replaceOrder(held), ["create-replacement", "replace", "delete-replaced"]);
  });

  it("cannot be created beside one with its identifier", async () => {
    const report = await stack.up({
      program: program({ username: "somebody" }, { deleteBeforeReplace: false }),
      mayFail: true,
    });
    assert.match(report.errors.join("\n"), /DBInstanceAlreadyExists/);
    assert.equal(cloud.only("Instance").attributes["username"], "owner");
  });

  it("does not ask for storage back that autoscaling added", async () => {
    await stack.up({ program: program({ maxAllocatedStorage: 1000 }) });
    cloud.growStorage("main", 400);
    await stack.refresh();
    assert.deepEqual((await stack.preview({ program: program({ maxAllocatedStorage: 1000 }) })).changes, []);
    const fixed = await stack.up({ program: program({ maxAllocatedStorage: 0 }), mayFail: true });
    assert.match(fixed.errors.join("\n"), /cannot be less than the current storage size/);
  });

  it("meets a major version by every minor, and a full version by that alone", async () => {
    cloud.moveMinorVersion("main", "17.9");
    await stack.refresh();
    const major = await stack.preview({ program: program({ maxAllocatedStorage: 1000, allocatedStorage: 400 }) });
    assert.deepEqual(major.changes, []);
    const wish = { maxAllocatedStorage: 1000, allocatedStorage: 400, engineVersion: "17.4" };
    const full = await stack.up({ program: program(wish), mayFail: true });
    assert.match(full.errors.join("\n"), /Cannot upgrade postgres from 17.9 to 17.4/);
  });

  it("is upgraded to a major version only with the flag and a group of the new family", async () => {
    const wish = { maxAllocatedStorage: 1000, allocatedStorage: 400, engineVersion: "18", applyImmediately: true };
    const bare = await stack.up({ program: program(wish), mayFail: true });
    assert.match(bare.errors.join("\n"), /AllowMajorVersionUpgrade flag/);
    const old = await stack.up({ program: program({ ...wish, allowMajorVersionUpgrade: true }), mayFail: true });
    assert.match(old.errors.join("\n"), /explicitly specify a new Parameter Group/);
    const both = { ...wish, allowMajorVersionUpgrade: true };
    await stack.up({ program: program(both, {}, "postgres18") });
    const held = cloud.only("Instance").attributes;
    assert.match(String(held["engineVersionActual"]), /^18\./);
    assert.deepEqual((await stack.preview({ program: program(both, {}, "postgres18") })).changes, []);
    await stack.up({
      program: program({ allocatedStorage: 400, engineVersion: "18", maxAllocatedStorage: 1000 }, {}, "postgres18"),
    });
  });

  it("waits for the maintenance window where applyImmediately is false", async () => {
    const wish = {
      allocatedStorage: 400,
      engineVersion: "18",
      maxAllocatedStorage: 1000,
      instanceClass: "db.m7g.large",
    };
    await stack.up({ program: program(wish, {}, "postgres18") });
    assert.equal(cloud.only("Instance").attributes["instanceClass"], "db.t4g.medium");
    cloud.runMaintenanceWindow("main");
    await stack.refresh();
    assert.deepEqual((await stack.preview({ program: program(wish, {}, "postgres18") })).changes, []);
  });

  it("never tells the managed password, which is the cloud's alone", async () => {
    const value = cloud.secretValue("main");
    assert.ok(value.includes(KNOWN_SECRET_MARK));
    assert.ok(!JSON.stringify(await stack.state()).includes(KNOWN_SECRET_MARK));
    cloud.rotateSecret("main");
    assert.notEqual(cloud.secretValue("main"), value);
    assert.deepEqual((await stack.refresh()).changes, []);
  });

  it("is no longer in the state after a refresh that finds another one under its name", async () => {
    const id = cloud.restoreUnderSameName("main");
    await stack.refresh();
    const resources = (await stack.state()).deployment as { resources: { type: string }[] };
    assert.ok(!resources.resources.some(({ type }) => type === "aws:rds/instance:Instance"));
    assert.equal(cloud.only("Instance").id, id);
  });
});

describe("the delete of a simulated database instance", () => {
  let harness: StackHarness;
  let cloud: TestCloud;

  before(async () => {
    harness = await createStackHarness({ cloud: true, linksCheckout: false });
    cloud = cloudOf(harness);
  });
  after(() => harness.remove());

  it("is refused while AWS protects it, and where no final snapshot is named", async () => {
    const stack = await harness.createStack({
      program: program({ deletionProtection: true, finalSnapshotIdentifier: undefined }),
    });
    await stack.up();
    const unnamed = await stack.destroy({ mayFail: true });
    assert.match(unnamed.errors.join("\n"), /final_snapshot_identifier is required when skip_final_snapshot is false/);
    await stack.up({ program: program({ deletionProtection: true }) });
    const guarded = await stack.destroy({ mayFail: true });
    assert.match(guarded.errors.join("\n"), /disable deletion protection/);
    assert.ok(cloud.only("Instance"));
    await stack.up({ program: program({ deleteAutomatedBackups: false }) });
    await stack.destroy();
  });

  it("leaves the final snapshot and, where asked, the automated backups", () => {
    assert.deepEqual(
      cloud.snapshots().map(({ id }) => id),
      ["last"],
    );
    assert.equal(cloud.retainedBackups().length, 1);
    assert.deepEqual(cloud.resources("rds-managed-secret"), []);
  });

  it("is refused by AWS where a snapshot of that name is there already", async () => {
    const stack = await harness.createStack({ program: program({}) });
    await stack.up();
    const again = await stack.destroy({ mayFail: true });
    assert.match(again.errors.join("\n"), /DBSnapshotAlreadyExists/);
    assert.ok(cloud.only("Instance"));
  });

  it("happens behind an update where blueGreenUpdate is on, without snapshot and backups", async () => {
    const before = cloud.only("Instance").id;
    const args = { blueGreenUpdate: { enabled: true }, instanceClass: "db.m7g.large" };
    const stack = await harness.createStack({ program: program(args) });
    const report = await stack.up();
    assert.equal(stepOf(report, ["update"]).failed, false);
    assert.notEqual(cloud.only("Instance").id, before);
    assert.equal(cloud.retainedBackups().length, 1);
  });
});

function program(
  args: { [Name in keyof rds.InstanceArgs]?: rds.InstanceArgs[Name] | undefined },
  options: pulumi.CustomResourceOptions = {},
  family = "postgres17",
): PulumiFn {
  return () => {
    const key = new kms.Key("key", { enableKeyRotation: true });
    const group = new rds.ParameterGroup(`parameters-${family}`, { family });
    const all = {
      identifier: "main",
      allocatedStorage: 100,
      backupRetentionPeriod: 7,
      backupWindow: "02:00-03:00",
      engine: "postgres",
      engineVersion: "17",
      instanceClass: "db.t4g.medium",
      username: "owner",
      manageMasterUserPassword: true,
      storageEncrypted: true,
      storageType: "gp3",
      kmsKeyId: key.arn,
      parameterGroupName: group.name,
      finalSnapshotIdentifier: "last",
      ...args,
    };
    const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    new rds.Instance("main", given as unknown as rds.InstanceArgs, options);
    return Promise.resolve({});
  };
}

function stepOf(report: RunReport, ops: readonly string[]): ResourceStep {
  const step = report.changes.find(({ type, op }) => type === "aws:rds/instance:Instance" && ops.includes(op));
  assert.ok(
    step,
    `expected ${ops.join()}: ${report.errors.join()} ${JSON.stringify(report.changes.map(({ op, type }) => [op, type]))}`,
  );
  return step;
}

function replaceOrder(report: RunReport): string[] {
  return report.steps.filter(({ type }) => type === "aws:rds/instance:Instance").map(({ op }) => op);
}
