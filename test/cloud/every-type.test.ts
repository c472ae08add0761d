import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { cloudOf, type TestCloud } from "../support/cloud.js";
import { createStackHarness, type StackHarness, type TestStack } from "../support/pulumi.js";
import { everyType, PLAIN_SECRET } from "./every-type.js";
import { TYPE_FACTS } from "./facts/index.js";

describe("every type of the simulated AWS", () => {
  let harness: StackHarness;
  let cloud: TestCloud;
  let stack: TestStack;

  before(async () => {
    harness = await createStackHarness({ cloud: true, linksCheckout: false });
    cloud = cloudOf(harness);
    stack = await harness.createStack({
      program: () => {
        everyType();
        return Promise.resolve();
      },
    });
  });
  after(() => harness.remove());

  it("is created", async () => {
    await stack.up();
    const types = new Set(cloud.changes().map(({ type }) => type));
    assert.deepEqual(
      Object.keys(TYPE_FACTS).filter((type) => !types.has(type)),
      [],
    );
  });

  it("has no change in a second preview", async () => assert.deepEqual((await stack.preview()).changes, []));

  it("is read back by a refresh without a change, also in the preview after it", async () => {
    assert.deepEqual((await stack.refresh()).changes, []);
    assert.deepEqual((await stack.preview()).changes, []);
  });

  it("is imported with the inputs it was made with, without a change", async () => {
    const resources = await awsResources(stack);
    const imported = await harness.createStack({
      stack: "imported",
      program: () => {
        resources.forEach(importAgain);
        return Promise.resolve();
      },
    });
    await imported.up();
    const found = await awsResources(imported);
    assert.deepEqual(
      found.map(({ type, id }) => [type, id]).sort(),
      resources.map(({ type, id }) => [type, id]).sort(),
    );
    assert.deepEqual((await imported.refresh()).changes, []);
  });

  it("is deleted", async () => {
    await stack.destroy();
    const left = new Set(cloud.resources().map(({ type }) => type));
    const kept = ["kms-key-pending-deletion", "rds-cluster-snapshot", "rds-snapshot", "secret-pending-deletion"];
    assert.deepEqual([...left].sort(), kept);
  });
});

async function awsResources(stack: TestStack): Promise<StateResource[]> {
  const state = (await stack.state()).deployment as { resources: StateResource[] };
  return state.resources.filter(({ custom, type }) => custom && type.startsWith("aws:"));
}

function importAgain({ type, urn, id: bare, inputs }: StateResource): void {
  const args: Record<string, unknown> = { ...inputs };
  for (const name of ["__defaults", "tagsAll"]) Reflect.deleteProperty(args, name);
  const id = typeof args["region"] === "string" ? `${bare}@${args["region"]}` : bare;
  for (const name of ["secretString", "value"]) if (name in args) args[name] = PLAIN_SECRET;
  new AnyResource(type, urn.split("::").at(-1)!, args, { import: id });
}

class AnyResource extends pulumi.CustomResource {}

interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id: string;
  readonly custom: boolean;
  readonly inputs: Readonly<Record<string, unknown>>;
}
