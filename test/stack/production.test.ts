import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import program from "../../index.js";
import { ensureBuilt } from "../support/build.js";
import { ACCOUNT, cloudOf } from "../support/cloud.js";
import { createStackHarness, type StackHarness, type TestStack } from "../support/pulumi.js";

describe("the program with the settings of staging and production", function () {
  this.timeout(300_000);
  let harness: StackHarness;

  before(async () => {
    await ensureBuilt();
    harness = await createStackHarness({ cloud: true });
  });
  after(() => harness.remove());

  /** The checkout's own settings; the account is the one value that a user has to fill in. */
  async function stackOf(name: string): Promise<TestStack> {
    const settings = readFileSync(`Pulumi.${name}.yaml`, "utf8").replaceAll("000000000000", ACCOUNT);
    const stack = await harness.createStack({ program, project: "holdfast", stack: name });
    writeFileSync(join(harness.home.workDirectory, `Pulumi.${name}.yaml`), settings);
    return stack;
  }

  for (const name of ["staging", "prod"]) {
    it(`${name}: previews whole, with the migrations that will run`, async () => {
      const stack = await stackOf(name);
      const { changes, errors, diagnostics } = await stack.preview();
      assert.deepEqual(errors, []);
      const types = new Set(changes.map(({ type }) => type));
      for (const type of ["EncryptionKey", "PersistentDatabase", "DatabaseAccess", "BackupPlan", "DatabaseAlarms"]) {
        assert.ok(types.has(`holdfast:index:${type}`), type);
      }
      const alarms = changes.filter(({ type }) => type === "aws:cloudwatch/metricAlarm:MetricAlarm");
      for (const alarm of ["free-storage", "connections", "replica-lag", "oldest-transaction", "backup-failed"]) {
        assert.ok(
          alarms.some((one) => one.name === `alarms-${alarm}`),
          alarm,
        );
      }
      const said = diagnostics.map(({ message }) => message).join("\n");
      assert.match(said, /migrations will run/);
    });

    it(`${name}: up makes the database and stops before the first role and migration, saying what to do`, async () => {
      const stack = await stackOf(name);
      const { succeeded, errors } = await stack.up({ mayFail: true });
      assert.equal(succeeded, false);
      assert.match(errors.join("\n"), /execution "codebuild".*cannot do yet.*holdfast:execution direct/s);
      const database = cloudOf(harness).database(`holdfast-${name}-database`);
      assert.equal(database.attributes["deletionProtection"], true);
      const { changes } = await stack.preview();
      assert.deepEqual([...new Set(changes.map(({ op, type }) => `${op} ${type}`))].sort(), [
        "create command:local:Command",
        "create holdfast:index:SchemaMigrations",
      ]);
    });
  }

  it("Aurora is one value away: the same settings, with another engine, preview a cluster of two", async () => {
    const stack = await harness.createStack({ program, project: "holdfast", stack: "testing" });
    const settings = readFileSync("Pulumi.prod.yaml", "utf8").replaceAll("000000000000", ACCOUNT);
    const other = settings.replace("holdfast:engine: postgres", "holdfast:engine: aurora-postgresql");
    writeFileSync(join(harness.home.workDirectory, "Pulumi.testing.yaml"), other);
    const { changes, errors } = await stack.preview();
    assert.deepEqual(errors, []);
    const count = (type: string): number => changes.filter((change) => change.type === type).length;
    assert.deepEqual(
      ["Cluster", "ClusterInstance"].map((type) => count(`aws:rds/${lower(type)}:${type}`)),
      [1, 2],
    );
  });

  it("prod keeps what it must when someone asks for another database name, and says the way", async () => {
    const stack = await stackOf("prod");
    await stack.stack.setConfig("holdfast:database.databaseName", { value: "other" }, true);
    const { succeeded, errors } = await stack.preview({ mayFail: true });
    assert.equal(succeeded, false);
    assert.match(errors.join("\n"), /databaseName is "app" and cannot become "other"\. .+/);
  });
});

function lower(type: string): string {
  return type.charAt(0).toLowerCase() + type.slice(1);
}
