import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { cloudOf, type TestCloud } from "../support/cloud.js";
import { databasePrograms, type DatabaseProgramOptions } from "../support/database-program.js";
import { createStackHarness, type RunOptions, type StackHarness, type TestStack } from "../support/pulumi.js";

const INSTANCE = "aws:rds/instance:Instance";
const KEY = "aws:kms/key:Key";

interface StoredResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  readonly ignoreChanges?: string[];
  readonly resourceHooks?: Readonly<Record<string, string[]>>;
}

describe("the guards of a database, on the real engine", function () {
  this.timeout(300_000);
  let harness: StackHarness;
  let cloud: TestCloud;
  let stack: TestStack;
  let program: ReturnType<typeof databasePrograms>;

  before(async () => {
    harness = await createStackHarness({ cloud: true });
    cloud = cloudOf(harness);
    program = databasePrograms(cloud);
    stack = await harness.createStack({ project: "shop", stack: "prod", program: program() });
    await stack.up();
  });
  after(() => harness.remove());

  const run = (operation: "preview" | "up", options: DatabaseProgramOptions = {}, more: RunOptions = {}) =>
    stack[operation]({ program: program(options), mayFail: true, ...more });
  const stored = async (): Promise<StoredResource[]> =>
    ((await stack.state()).deployment as { resources: StoredResource[] }).resources;
  /** Refused in the preview, and where somebody skips the preview, before the provider is asked to change anything. */
  const refusedBoth = async (options: DatabaseProgramOptions, message: RegExp): Promise<void> => {
    const before = cloud.changes().length;
    for (const operation of ["preview", "up"] as const) {
      const report = await run(operation, options);
      assert.equal(report.succeeded, false, operation);
      assert.equal(report.errors.filter((text) => message.test(text)).length, 1, report.errors.join("\n---\n"));
      assert.doesNotMatch(report.errors.join("\n"), /\n\s+at /);
    }
    assert.equal(cloud.changes().length, before);
  };

  it("stand on every child that holds data, each by itself", async () => {
    const guarded = (await stored()).filter(({ type }) => [INSTANCE, KEY].includes(type));
    assert.equal(guarded.length, 2);
    for (const { urn, protect, retainOnDelete, ignoreChanges = [], resourceHooks = {} } of guarded) {
      assert.equal(protect, true, urn);
      assert.equal(retainOnDelete, true, urn);
      assert.ok(ignoreChanges.includes("region"), urn);
      assert.equal(
        resourceHooks["BeforeDelete"]?.length ?? resourceHooks["beforeDelete"]?.length,
        1,
        JSON.stringify(resourceHooks),
      );
      assert.equal(
        resourceHooks["BeforeCreate"]?.length ?? resourceHooks["beforeCreate"]?.length,
        1,
        JSON.stringify(resourceHooks),
      );
    }
    const markers = (await stored()).filter(({ type }) => type === "holdfast:index:Marker");
    assert.equal(markers.length, 2);
    for (const { protect } of markers) assert.equal(protect, true);
  });

  it("never let the provider delete before it makes", async () => {
    const seen = new Map<string, unknown>();
    const watch: pulumi.ResourceTransformation = ({ type, opts }) => {
      if ([INSTANCE, KEY].includes(type)) seen.set(type, (opts as pulumi.CustomResourceOptions).deleteBeforeReplace);
      return undefined;
    };
    await run("preview", { before: () => pulumi.runtime.registerStackTransformation(watch) });
    assert.deepEqual(Object.fromEntries(seen), { [INSTANCE]: false, [KEY]: false });
  });

  for (const [property, wish] of Object.entries({
    dbName: "other",
    username: "somebody",
    availabilityZone: "eu-central-1c",
    storageEncrypted: false,
    kmsKeyId: "arn:aws:kms:eu-central-1:123456789012:key/other",
    identifier: "another",
  })) {
    it(`keep ${property} as it is, whatever reaches the provider's input`, async () => {
      const meddle: pulumi.ResourceTransformation = ({ type, props, opts }) =>
        type === INSTANCE ? { props: { ...props, [property]: wish }, opts } : undefined;
      const preview = await run("preview", { before: () => pulumi.runtime.registerStackTransformation(meddle) });
      assert.equal(preview.succeeded, true, preview.stderr);
      assert.deepEqual(preview.changes, []);
    });
  }

  it("refuse a new name without an alias, and leave nothing behind that would stand in the alias's way", async () => {
    await refusedBoth(
      { name: "primary" },
      /"primary" would make a new, empty database.*"main".*aliases: \[\{ name: "main" \}\]/s,
    );
    assert.equal((await stored()).filter(({ urn }) => urn.includes("primary")).length, 0);
    const aliased = await run("preview", { name: "primary", opts: { aliases: [{ name: "main" }] } });
    assert.equal(aliased.succeeded, true);
    assert.deepEqual([...new Set(aliased.changes.map(({ op }) => op))], ["update"]);
  });

  it("refuse another parent without an alias", async () => {
    class Wrapper extends pulumi.ComponentResource {}
    const parent = () => ({ parent: new Wrapper("shop:index:Wrapper", "wrapper") });
    const report = await run("preview", { opts: parent });
    assert.match(report.errors.join("\n"), /would make a new, empty database/);
  });

  it("refuse to lose a component that left the program, by name and with the way", async () => {
    await refusedBoth(
      { hasDatabase: false },
      /PersistentDatabase "main" holds the database "shop-prod-main".*no longer in the program.*aliases.*breakGlass/s,
    );
  });

  it("refuse pulumi destroy, with and without the program, and say where the way is", async () => {
    const plain = await stack.destroy({ mayFail: true });
    assert.equal(plain.succeeded, false);
    assert.match(plain.errors.join("\n"), /delete hooks registered.*docs\/break-glass\.md/);
    const running = await stack.destroy({ mayFail: true, runProgram: true });
    assert.equal(running.succeeded, false);
    assert.match(running.errors.join("\n"), /takes two deploys: first breakGlass: \[\{ id: "/);
    assert.equal(cloud.resources(INSTANCE).length, 1);
    assert.equal(cloud.resources(KEY).length, 1);
  });

  it('never give up full protection for "ephemeral"', async () => {
    await refusedBoth(
      { args: { protection: "ephemeral", environment: "review" } },
      /protection is "full" and cannot become "ephemeral"/,
    );
    const kept = (await stored()).find(({ type }) => type === INSTANCE);
    assert.equal(kept?.protect, true);
  });

  it("refuse an empty database in place of one that a refresh forgot, until it is said to be lost", async () => {
    const state = await stack.state();
    const { id } = cloud.only(INSTANCE);
    cloud.restoreUnderSameName("shop-prod-main");
    await stack.refresh();
    assert.equal((await stored()).filter(({ type }) => type === INSTANCE).length, 0);
    await refusedBoth({}, /state has lost the database "shop-prod-main".*restore.*adopt/s);
    const restored = cloud.only(INSTANCE).id;
    const databases = [
      { name: "main", lost: id },
      { name: "restored", id: restored, identifier: "shop-prod-main" },
    ];
    const adopted = await run("up", { args: { databases } });
    assert.equal(adopted.succeeded, true, adopted.errors.join("\n"));
    assert.deepEqual((await run("preview", { args: { databases } })).changes, []);
    assert.equal(cloud.only(INSTANCE).id, restored);
    await stack.stack.importStack(state);
  });
});

describe("a review stack", function () {
  this.timeout(120_000);
  let harness: StackHarness;

  before(async () => (harness = await createStackHarness({ cloud: true })));
  after(() => harness.remove());

  it("may be ephemeral: a plain pulumi destroy takes its database away", async () => {
    const cloud = cloudOf(harness);
    const place = databasePrograms(cloud);
    const program = place({ args: { protection: "ephemeral" }, hasEphemeralKey: true });
    const stack = await harness.createStack({ project: "shop", stack: "pr-7", program });
    await stack.up();
    await stack.destroy();
    assert.equal(cloud.resources(INSTANCE).length, 0);
    assert.equal(cloud.resources(KEY).length, 0);
  });
});
