import assert from "node:assert/strict";
import { resolve } from "node:path";
import * as ec2 from "@pulumi/aws/ec2/index.js";
import * as kms from "@pulumi/aws/kms/index.js";
import type { Deployment, PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { DatabaseSecrets, type DatabaseSecretsArgs } from "../../components/database-secrets.js";
import { describeFault } from "../../components/fault.js";
import { databaseSecretsFaults } from "../../components/secrets/check-database-secrets.js";
import type { DatabaseConnection } from "../../engine/core/database-connection.js";
import { ensureBuilt } from "../support/build.js";
import { ACCOUNT, cloudOf, REGION, type TestCloud } from "../support/cloud.js";
import { createStackHarness, type RunReport, type StackHarness, type TestStack } from "../support/pulumi.js";

const CHECKOUT = resolve(__dirname, "..", "..");
const MASTER = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:rds!db-0f2f3c1e-AbCdEf`;
const ADMINISTRATOR = `arn:aws:iam::${ACCOUNT}:role/operations`;
const READER = `arn:aws:iam::${ACCOUNT}:role/team/reports`;

const CONNECTION: DatabaseConnection = {
  kind: "rds",
  host: "simulated-main.example",
  port: 5433,
  database: "app",
  user: "holdfast_admin",
  ownerRole: "app_owner",
  resourceId: "simulated-db-main",
  project: "shop",
  instance: "prod",
  authentication: "secret",
  secretArn: MASTER,
  region: REGION,
  identifier: "shop-prod-main",
};

const ROLE = { name: "reporting", readers: [READER] };

describe("DatabaseSecrets", function () {
  this.timeout(60_000);
  let harness: StackHarness;
  let cloud: TestCloud;

  before(() => ensureBuilt());
  beforeEach(async () => {
    harness = await createStackHarness({ cloud: true });
    cloud = cloudOf(harness);
  });
  afterEach(() => harness.remove());

  const program =
    (wish: Partial<DatabaseSecretsArgs> = {}, name = "app"): PulumiFn =>
    () => {
      const { vpcId, subnetIds } = network;
      const key = new kms.Key("key", { enableKeyRotation: true });
      const group = new ec2.SecurityGroup("clients", { vpcId, description: "Clients" });
      const secrets = new DatabaseSecrets(name, {
        connection: CONNECTION,
        keyArn: key.arn,
        roles: [ROLE],
        administrators: [ADMINISTRATOR],
        subnetIds,
        securityGroupIds: [group.id],
        ...wish,
      });
      const { masterSecretArn, secretArns, connections, rotationFunctionNames } = secrets;
      return Promise.resolve({ masterSecretArn, secretArns, connections, rotationFunctionNames });
    };

  let network: { vpcId: string; subnetIds: string[] };

  async function deploy(wish?: Partial<DatabaseSecretsArgs>): Promise<{ stack: TestStack; run: RunReport }> {
    network = cloud.placeNetwork();
    const stack = await harness.createStack({ project: "shop", stack: "prod", program: program(wish) });
    return { stack, run: await stack.up() };
  }

  const only = (type: string): Record<string, unknown> => cloud.only(type).attributes;

  it("makes a place for the password: under an own key, recoverable for 30 days, rotated every 30 days, and empty", async () => {
    const { stack, run } = await deploy();
    const secret = cloud.only("Secret");
    assert.equal(secret.attributes["name"], "shop/prod/app/reporting");
    assert.equal(secret.attributes["kmsKeyId"], only("Key")["arn"]);
    assert.equal(secret.attributes["recoveryWindowInDays"] ?? 30, 30);
    assert.deepEqual(secret.attributes["tagsAll"], {
      "holdfast:component": "app",
      "holdfast:project": "shop",
      "holdfast:stack": "prod",
      "holdfast:role": "reporting",
    });
    assert.deepEqual(secret.hidden["versions"], {}, "no value comes from a program");
    assert.deepEqual(cloud.resources("SecretVersion"), []);
    const rotation = only("SecretRotation");
    assert.deepEqual(rotation["rotationRules"], { automaticallyAfterDays: 30 });
    assert.equal(rotation["rotationLambdaArn"], only("Function")["arn"]);
    assert.deepEqual(run.outputs, {
      masterSecretArn: MASTER,
      secretArns: { reporting: secret.id },
      connections: {
        reporting: { ...CONNECTION, user: "reporting", authentication: "secret", secretArn: secret.id },
      },
      rotationFunctionNames: ["shop-prod-app-rotation"],
    });
    assert.deepEqual((await stack.preview()).changes, []);
    assert.deepEqual((await stack.refresh()).changes, []);
    assert.deepEqual((await stack.preview()).changes, []);
  });

  it("lets only those read and write it who are named, and only over TLS", async () => {
    await deploy();
    const { Statement: statements } = JSON.parse(String(only("SecretPolicy")["policy"])) as {
      Statement: readonly Record<string, unknown>[];
    };
    const [others, plain] = statements;
    assert.equal(statements.length, 2);
    assert.deepEqual([others?.["Effect"], others?.["Principal"]], ["Deny", "*"]);
    assert.deepEqual(others?.["Action"], [
      "secretsmanager:GetSecretValue",
      "secretsmanager:PutSecretValue",
      "secretsmanager:UpdateSecretVersionStage",
    ]);
    const principals = [ADMINISTRATOR, READER, String(only("Role")["arn"])].sort();
    assert.deepEqual(others?.["Condition"], { ArnNotEquals: { "aws:PrincipalArn": principals } });
    assert.deepEqual([plain?.["Effect"], plain?.["Action"]], ["Deny", "secretsmanager:*"]);
    assert.deepEqual(plain?.["Condition"], { Bool: { "aws:SecureTransport": "false" } });
  });

  it("rotates by a function beside the database, with no right beyond these secrets, this key and this log", async () => {
    await deploy();
    const { environment, vpcConfig, runtime, handler, role } = only("Function");
    assert.deepEqual([runtime, handler], ["nodejs24.x", "index.handler"]);
    assert.equal(role, only("Role")["arn"]);
    assert.deepEqual((vpcConfig as Record<string, unknown>)["subnetIds"], network.subnetIds);
    assert.deepEqual(environment, {
      variables: {
        DATABASE_HOST: CONNECTION.host,
        DATABASE_PORT: "5433",
        DATABASE_NAME: "app",
        NODE_EXTRA_CA_CERTS: "/var/task/rds-ca.pem",
      },
    });
    const { name, retentionInDays, kmsKeyId } = only("LogGroup");
    assert.deepEqual(
      [name, retentionInDays, kmsKeyId],
      ["/aws/lambda/shop-prod-app-rotation", 365, only("Key")["arn"]],
    );
    const { principal, sourceAccount, action } = only("Permission");
    assert.deepEqual(
      [principal, sourceAccount, action],
      ["secretsmanager.amazonaws.com", ACCOUNT, "lambda:InvokeFunction"],
    );
    const { Statement: statements } = JSON.parse(String(only("RolePolicy")["policy"])) as {
      Statement: readonly { Sid: string; Action: string[]; Resource: string | string[]; Condition?: unknown }[];
    };
    assert.deepEqual(
      statements.flatMap(({ Action }) => Action).filter((right) => right.includes("*")),
      [],
    );
    const open = statements.filter(({ Resource }) => Resource === "*");
    assert.deepEqual(
      open.map(({ Sid, Condition }) => [Sid, Condition]),
      [["NetworkInterfaces", { Null: { "lambda:SourceFunctionArn": "true" } }]],
    );
    const key = statements.find(({ Sid }) => Sid === "Key");
    assert.equal(key?.Resource, only("Key")["arn"]);
    assert.deepEqual(key?.Condition, {
      StringEquals: { "kms:EncryptionContext:SecretARN": [cloud.only("Secret").id] },
    });
    assert.deepEqual(statements.find(({ Sid }) => Sid === "Secrets")?.Resource, [cloud.only("Secret").id]);
  });

  it("shows no change from another checkout, where the function's code lies elsewhere", async () => {
    const { stack } = await deploy();
    const state = JSON.stringify(await stack.state());
    const elsewhere = state.replaceAll(CHECKOUT, "/home/somebody/shop");
    assert.notEqual(elsewhere, state);
    await stack.stack.importStack(JSON.parse(elsewhere) as Deployment);
    assert.deepEqual((await stack.preview()).changes, []);
  });

  it("follows the connection to an adopted database, changes days and readers, and takes roles on, all in place", async () => {
    const { stack } = await deploy();
    const later = program({
      connection: { ...CONNECTION, host: "simulated-main-g2.example", resourceId: "simulated-db-g2" },
      roles: [{ ...ROLE, readers: [], rotationDays: 7 }, { name: "legacy" }],
    });
    await stack.up({ program: later });
    const acts = cloud.changes().filter(({ act }) => act === "delete");
    assert.deepEqual(acts, []);
    const { variables } = only("Function")["environment"] as { variables: Record<string, string> };
    assert.equal(variables["DATABASE_HOST"], "simulated-main-g2.example");
    const names = cloud.resources("Secret").map(({ attributes }) => attributes["name"]);
    assert.deepEqual(names.sort(), ["shop/prod/app/legacy", "shop/prod/app/reporting"]);
    const days = cloud.resources("SecretRotation").map(({ id, attributes }) => [id, attributes["rotationRules"]]);
    const idOf = (name: string) => cloud.resources("Secret").find(({ attributes }) => attributes["name"] === name)?.id;
    assert.deepEqual(Object.fromEntries(days), {
      [idOf("shop/prod/app/reporting") ?? ""]: { automaticallyAfterDays: 7 },
      [idOf("shop/prod/app/legacy") ?? ""]: { automaticallyAfterDays: 30 },
    });
    assert.deepEqual((await stack.preview({ program: later })).changes, []);
  });

  it("keeps the secret of a role that is taken out, of a component that is, and of a stack that is destroyed", async () => {
    const { stack } = await deploy();
    for (const without of [program({ roles: [] }), () => Promise.resolve({})]) {
      const run = await stack.preview({ program: without, mayFail: true });
      assert.equal(run.succeeded, false);
      assert.match(run.errors.join("\n"), /shop\/prod\/app\/reporting|app-reporting/);
    }
    assert.equal((await stack.destroy({ mayFail: true })).succeeded, false);
    assert.equal(cloud.resources("Secret").length, 1);
    assert.equal(cloud.resources("SecretRotation").length, 1);
  });

  it("makes nothing where every role uses IAM tokens, and still names the master's secret", async () => {
    const { run } = await deploy({ roles: [] });
    assert.deepEqual(run.outputs, {
      masterSecretArn: MASTER,
      secretArns: {},
      connections: {},
      rotationFunctionNames: [],
    });
    for (const type of ["Secret", "Function", "Role", "LogGroup"]) assert.deepEqual(cloud.resources(type), [], type);
  });

  it("is refused for an embedded database", async () => {
    network = cloud.placeNetwork();
    const embedded = program({ connection: { ...CONNECTION, kind: "embedded", instance: "dev" }, roles: [] });
    const stack = await harness.createStack({ project: "shop", stack: "dev", program: embedded });
    const run = await stack.preview({ mayFail: true });
    assert.match(run.errors.join("\n"), /is for a database on AWS.*holdfast secret create/);
  });

  describe("refuses arguments that cannot work, with the range and the way", () => {
    const whole = { administrators: [ADMINISTRATOR], subnetIds: ["subnet-1"], securityGroupIds: ["sg-1"] };
    const cases: readonly (readonly [Partial<DatabaseSecretsArgs>, RegExp])[] = [
      [{ roles: [{ name: "Reporting Team" }] }, /roles\[0\]\.name is "Reporting Team"; allowed: 1 to 63 lower-case/],
      [{ roles: [{ name: "rdsadmin" }] }, /roles\[0\]\.name is "rdsadmin"/],
      [{ roles: [{ name: "a", rotationDays: 91 }] }, /roles\[0\]\.rotationDays is 91; allowed: 1 to 90 days/],
      [{ roles: [{ name: "a", readers: ["*"] }] }, /roles\[0\]\.readers is "\*"; allowed: ARNs of IAM roles and users/],
      [{ roles: [ROLE, ROLE] }, /roles is "reporting"; allowed: each role once/],
      [{ administrators: [] }, /administrators is \[\]; allowed: at least one.*holdfast secret create/],
      [{ administrators: [`arn:aws:iam::${ACCOUNT}:root`] }, /administrators is ".*:root"; allowed: ARNs of IAM roles/],
      [{ subnetIds: undefined }, /subnetIds is not set; allowed: at least one.*DatabaseNetwork/],
      [{ securityGroupIds: [] }, /securityGroupIds is \[\]; allowed: at least one/],
      [{ keyArn: "alias/aws/secretsmanager" }, /keyArn is "alias\/aws\/secretsmanager"; allowed: the ARN of a KMS key/],
    ];
    for (const [wish, said] of cases) {
      it(said.source, () => {
        const args = { connection: CONNECTION, keyArn: KEY, roles: [ROLE], ...whole, ...wish };
        assert.match(databaseSecretsFaults(args, "shop-prod-app-rotation").map(describeFault).join("\n"), said);
      });
    }

    it("a component's name that makes the function's too long", () => {
      const args = { connection: CONNECTION, keyArn: KEY, roles: [ROLE], ...whole };
      const [fault] = databaseSecretsFaults(args, `shop-prod-${"a".repeat(60)}-rotation`);
      assert.match(fault === undefined ? "" : describeFault(fault), /1 to 64 letters.*shorter name/);
      assert.deepEqual(databaseSecretsFaults(args, "shop-prod-app-rotation"), []);
    });
  });
});

const KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/0f2f3c1e-0000-4000-8000-000000000000`;
