import assert from "node:assert/strict";
import * as kms from "@pulumi/aws/kms/index.js";
import * as rds from "@pulumi/aws/rds/index.js";
import { cloudOf, type TestCloud } from "../support/cloud.js";
import { createStackHarness, type StackHarness } from "../support/pulumi.js";

describe("a simulated database instance", () => {
  let harness: StackHarness;
  let cloud: TestCloud;

  before(async () => {
    harness = await createStackHarness({ cloud: true, linksCheckout: false });
    cloud = cloudOf(harness);
  });
  after(() => harness.remove());

  it("is created, previews and refreshes without a change, and leaves a final snapshot", async () => {
    const { subnetIds } = cloud.placeNetwork();
    const stack = await harness.createStack({
      program: async () => {
        const key = new kms.Key("key", { enableKeyRotation: true });
        const group = new rds.SubnetGroup("group", { subnetIds });
        const parameters = new rds.ParameterGroup("parameters", { family: "postgres17" });
        new rds.Instance("main", {
          allocatedStorage: 100,
          engine: "postgres",
          engineVersion: "17",
          instanceClass: "db.t4g.medium",
          username: "owner",
          manageMasterUserPassword: true,
          storageEncrypted: true,
          kmsKeyId: key.arn,
          dbSubnetGroupName: group.name,
          parameterGroupName: parameters.name,
          finalSnapshotIdentifier: "last",
        });
      },
    });
    await stack.up();
    assert.match(cloud.only("Instance").id, /^simulated-db-/);
    assert.deepEqual((await stack.preview()).changes, []);
    assert.deepEqual((await stack.refresh()).changes, []);
    assert.deepEqual((await stack.preview()).changes, []);
    await stack.destroy();
    assert.deepEqual(
      cloud.snapshots().map(({ id }) => id),
      ["last"],
    );
  });
});
