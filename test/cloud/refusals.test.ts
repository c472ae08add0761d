import assert from "node:assert/strict";
import * as backup from "@pulumi/aws/backup/index.js";
import * as ec2 from "@pulumi/aws/ec2/index.js";
import * as iam from "@pulumi/aws/iam/index.js";
import * as kms from "@pulumi/aws/kms/index.js";
import * as rds from "@pulumi/aws/rds/index.js";
import * as s3 from "@pulumi/aws/s3/index.js";
import * as secretsmanager from "@pulumi/aws/secretsmanager/index.js";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { cloudOf, type TestCloud } from "../support/cloud.js";
import { createStackHarness, type StackHarness, type TestStack } from "../support/pulumi.js";

/** What AWS refuses only when it is called, hence never in a preview. */
describe("the simulated AWS refuses", () => {
  let harness: StackHarness;
  let cloud: TestCloud;
  let stack: TestStack;
  let network: { vpcId: string; subnetIds: string[] };

  before(async () => {
    harness = await createStackHarness({ cloud: true, linksCheckout: false });
    cloud = cloudOf(harness);
    network = cloud.placeNetwork();
    stack = await harness.createStack({ program: held });
    await stack.up();
  });
  after(() => harness.remove());

  /** A database and what it uses; `without` leaves parts out, `more` adds some. */
  const held: PulumiFn = () => {
    declare();
    return Promise.resolve({});
  };
  const declare = (without: readonly string[] = [], more: () => void = () => undefined): void => {
    const has = (part: string): boolean => !without.includes(part);
    const group = new rds.SubnetGroup("subnets", { name: "subnets", subnetIds: network.subnetIds });
    const guard = new ec2.SecurityGroup("guard", { vpcId: network.vpcId, description: "database" });
    const parameters = new rds.ParameterGroup("parameters", { name: "parameters", family: "postgres17" });
    new rds.Instance("db", {
      ...instance,
      dbSubnetGroupName: group.name,
      vpcSecurityGroupIds: [guard.id],
      parameterGroupName: parameters.name,
    });
    if (has("secret")) new secretsmanager.Secret("secret", { name: "app/secret" });
    const vault = new backup.Vault("vault", { name: "vault" });
    if (has("lock"))
      new backup.VaultLockConfiguration("lock", {
        backupVaultName: vault.name,
        changeableForDays: 3,
        minRetentionDays: 1,
      });
    new s3.Bucket("files", { bucket: "files" });
    new iam.Role("role", { name: "role", assumeRolePolicy: "{}" });
    more();
  };
  const refusal = async (without: readonly string[], more?: () => void): Promise<string> => {
    const program: PulumiFn = () => {
      declare(without, more);
      return Promise.resolve({});
    };
    return (await stack.up({ program, mayFail: true, continueOnError: true })).errors.join("\n");
  };

  it("names that are taken, also that of a secret which is only to be deleted", async () => {
    const said = await refusal(["secret"], () => {
      new rds.SubnetGroup("other-subnets", { name: "subnets", subnetIds: network.subnetIds });
      new rds.ParameterGroup("other-parameters", { name: "parameters", family: "postgres17" });
      new iam.Role("other-role", { name: "role", assumeRolePolicy: "{}" });
      new s3.Bucket("other-files", { bucket: "files" });
      new backup.Vault("other-vault", { name: "vault" });
    });
    for (const code of [
      /DBSubnetGroupAlreadyExists/,
      /DBParameterGroupAlreadyExists/,
      /EntityAlreadyExists/,
      /BucketAlreadyOwnedByYou/,
      /AlreadyExistsException: vault/,
    ]) {
      assert.match(said, code);
    }
    assert.match(await refusal([]), /already scheduled for deletion/);
  });

  it("what is named and not there", async () => {
    const said = await refusal(["secret"], () => {
      new kms.Alias("alias", { targetKeyId: "simulated-nothing" });
      new rds.Instance("lost-group", { ...instance, identifier: "lost-group", dbSubnetGroupName: "nothing" });
      new rds.Instance("lost-key", {
        ...instance,
        identifier: "lost-key",
        storageEncrypted: true,
        kmsKeyId: `${KEYS}nothing`,
      });
      new rds.Instance("lost-role", { ...instance, identifier: "lost-role", monitoringInterval: 60 });
      new backup.Selection("selection", { planId: "nothing", iamRoleArn: "nothing", resources: ["*"] });
    });
    for (const code of [
      /NotFoundException/,
      /DBSubnetGroupNotFoundFault/,
      /KMSKeyNotAccessibleFault/,
      /MonitoringRoleARN/,
    ]) {
      assert.match(said, code);
    }
    assert.match(said, /ResourceNotFoundException: nothing/);
  });

  it("combinations that do not go together", async () => {
    const said = await refusal(["secret"], () => {
      new rds.Instance("rates", {
        ...instance,
        identifier: "rates",
        storageType: "gp3",
        allocatedStorage: 100,
        iops: 4000,
      });
      new rds.Instance("windows", {
        ...instance,
        identifier: "windows",
        backupWindow: "03:00-05:00",
        maintenanceWindow: "mon:04:00-mon:05:00",
      });
      new rds.Instance("port", { ...instance, identifier: "port", port: 1000 });
      new rds.Instance("limit", { ...instance, identifier: "limit", maxAllocatedStorage: 105 });
      new rds.Instance("family", {
        ...instance,
        identifier: "family",
        engineVersion: "16",
        parameterGroupName: "parameters",
      });
      const parameters = [{ name: "max_connections", value: "10" }];
      new rds.ParameterGroup("static", { family: "postgres17", parameters });
    });
    for (const words of [
      /less than 400/,
      /must not overlap/,
      /between 1150 and 65535/,
      /at least 10 percent/,
      /DBParameterGroupFamily postgres17 can't be used/,
      /immediate apply method for static parameter/,
    ]) {
      assert.match(said, words);
    }
  });

  it("to delete what is in use, not empty or locked", async () => {
    cloud.addRecoveryPoint("vault");
    cloud.putObject("files", "a.png");
    cloud.endLockGrace("vault");
    const said = (await stack.destroy({ mayFail: true, continueOnError: true })).errors.join("\n");
    for (const words of [/final_snapshot_identifier is required/, /compliance mode/, /BucketNotEmpty/])
      assert.match(said, words);
    const gone = [
      "aws:ec2/securityGroup:SecurityGroup",
      "aws:rds/subnetGroup:SubnetGroup",
      "aws:rds/parameterGroup:ParameterGroup",
    ];
    for (const type of gone) assert.equal(cloud.resources(type).length, 1, type);
  });
});

const KEYS = "arn:aws:kms:eu-central-1:123456789012:key/";

const instance = {
  identifier: "db",
  allocatedStorage: 100,
  engine: "postgres",
  engineVersion: "17",
  instanceClass: "db.t4g.medium",
  manageMasterUserPassword: true,
  username: "owner",
};
