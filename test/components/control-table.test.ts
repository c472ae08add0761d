import assert from "node:assert/strict";
import { ensureBuilt } from "../support/build.js";
import { cloudOf, type TestCloud } from "../support/cloud.js";
import { createStackHarness, type StackHarness, type TestStack } from "../support/pulumi.js";
import { registeredResources, type RegisteredResource } from "../support/render/registered-resources.js";
import type { Attributes, ControlRow, OwnThings } from "./controls/control-row.js";
import { CONTROL_ROWS } from "./controls/control-rows.js";
import { COMPONENTS, createComponents } from "./controls/control-stack.js";
import { controlsOf, DEFAULT_CONTROLS, WITHOUT_AN_INPUT } from "./controls/default-controls.js";
import { TriedCloud } from "./controls/make-anew.js";
import { lossOf, planTrials, takeOut, without } from "./controls/take-out.js";

describe("the controls, on what the cloud holds after its own defaults", function () {
  this.timeout(180_000);
  let harness: StackHarness;
  let cloud: TestCloud;
  let stack: TestStack;
  let resources: RegisteredResource[];
  let tried: TriedCloud;
  let own: OwnThings;

  before(async () => {
    await ensureBuilt();
    harness = await createStackHarness({ cloud: true });
    cloud = cloudOf(harness);
    stack = await harness.createStack({ project: "shop", stack: "prod", program: deploy });
    await stack.up();
    resources = registeredResources(await stack.state());
    tried = new TriedCloud(harness.env["HOLDFAST_SIMULATED_CLOUD"] ?? assert.fail());
    own = { keyArns: cloud.resources("Key").map(({ attributes }) => String(attributes["arn"])) };
  });
  after(() => harness.remove());

  for (const row of CONTROL_ROWS) {
    it(`${row.control}: ${row.demand} (${row.type.split(":").at(-1)} of ${row.component})`, () => {
      const found = heldBy(row);
      assert.ok(found.length > 0, "the stack has no such resource");
      for (const { attributes } of found) {
        assert.ok(row.holds(attributes, own), JSON.stringify(attributes, undefined, 1));
      }
    });
  }

  for (const trial of planTrials(CONTROL_ROWS)) {
    const { row } = trial;
    it(`${row.control}: ${row.demand} (${row.component}) fails ${lossOf(trial)}`, () => {
      for (const { resource } of heldBy(row)) {
        assert.ok("attributes" in tried.makeAnew(resource, resource.inputs), "it cannot be made anew even as it is");
        const made = tried.makeAnew(resource, without(resource.inputs, trial));
        assert.ok("refusal" in made || !holds(row, made.attributes), JSON.stringify(made));
      }
    });
  }

  it("fail on the real engine, too, where an input is taken out before the engine sees it", async () => {
    const losses = new Map([
      ["aws:rds/instance:Instance", { input: "multiAz" }],
      ["aws:rds/parameterGroup:ParameterGroup", { input: "parameters" }],
      ["aws:cloudwatch/logGroup:LogGroup", { input: "retentionInDays" }],
      ["aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", { input: "blockPublicAcls" }],
      ["aws:sns/topic:Topic", { input: "kmsMasterKeyId" }],
    ]);
    const program = (): Promise<object> => {
      const ground = createComponents();
      for (const name of ["rds", "files", "alarms"] as const) COMPONENTS[name](`weak-${name}`, ground, takeOut(losses));
      return Promise.resolve({});
    };
    await stack.up({ program: program as () => Promise<Record<string, unknown>> });
    const all = registeredResources(await stack.state());
    for (const [type, { input }] of losses) {
      const rows = CONTROL_ROWS.filter((row) => row.type === type && row.inputs.includes(input));
      const weak = all.filter((one) => one.type === type && one.name.startsWith("weak-")).map(({ id }) => id);
      const held = cloud.resources(type).filter(({ id }) => weak.includes(id));
      assert.ok(rows.length > 0 && held.length > 0, type);
      for (const row of rows)
        assert.ok(
          held.every(({ attributes }) => !holds(row, attributes)),
          row.control,
        );
    }
  });

  it("RDS.15: a cluster has a member beside its writer, in another zone", () => {
    const members = heldBy({ component: "aurora", type: "aws:rds/clusterInstance:ClusterInstance" });
    const zones = members.map(({ attributes }) => attributes["availabilityZone"]);
    assert.ok(new Set(zones).size >= 2, zones.join(", "));
  });

  it("KMS.3: no key waits for its deletion", () => {
    assert.deepEqual(cloud.resources("kms-key-pending-deletion"), []);
    const keys = heldBy({ component: "key", type: "aws:kms/key:Key" });
    assert.ok(keys.length === 1 && keys.every(({ attributes }) => attributes["isEnabled"] === true));
  });

  it("SecretsManager.3: there is a secret for each role that was asked for, and no other", () => {
    const secrets = heldBy({ component: "secrets", type: "aws:secretsmanager/secret:Secret" });
    assert.deepEqual(
      secrets.map(({ attributes }) => attributes["name"]),
      ["shop/prod/secrets/reports"],
    );
  });

  it("ECS, EC2: no component makes a task or a machine", () => {
    const types = resources.map(({ type }) => type);
    assert.deepEqual(
      types.filter((type) => /^aws:(ecs|autoscaling|ec2\/(instance|launch))/.test(type)),
      [],
    );
  });

  it("every control that a database's stack must meet by its defaults has a row, or a test above", () => {
    const named = [...CONTROL_ROWS.map(({ control }) => control), ...Object.keys(WITHOUT_AN_INPUT)].flatMap(controlsOf);
    assert.deepEqual(
      DEFAULT_CONTROLS.filter((control) => !named.includes(control)),
      [],
    );
  });

  /** The resources of a component that a row is about, and what the cloud holds of each. */
  function heldBy({ component, type, about }: Pick<ControlRow, "component" | "type" | "about">) {
    return resources
      .filter((resource) => resource.type === type && resource.name.startsWith(`${component}-`))
      .map((resource) => ({ resource, attributes: storedOf(resource) }))
      .filter(({ attributes }) => about?.(attributes) ?? true);
  }

  function storedOf({ type, id }: RegisteredResource): Attributes {
    return cloud.resources(type).find((one) => one.id === id)?.attributes ?? assert.fail(`${id} is not in the cloud`);
  }

  /** Also a resource that is now something else leaves its row without one. */
  function holds(row: ControlRow, attributes: Attributes): boolean {
    return (row.about?.(attributes) ?? true) && row.holds(attributes, own);
  }
});

function deploy(): Promise<Record<string, unknown>> {
  createComponents();
  return Promise.resolve({});
}
