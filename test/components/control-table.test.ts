import assert from "node:assert/strict";
import { ensureBuilt } from "../support/build.js";
import { cloudOf, type TestCloud } from "../support/cloud.js";
import { createStackHarness, type StackHarness } from "../support/pulumi.js";
import { registeredResources, type RegisteredResource } from "../support/render/registered-resources.js";
import type { Attributes, ComponentName, ControlRow, OwnThings } from "./controls/control-row.js";
import { COMPONENTS, createGround } from "./controls/control-stack.js";
import { databaseRows } from "./controls/database-rows.js";
import { otherRows } from "./controls/other-rows.js";
import { refusalOf } from "./controls/refused-inputs.js";
import { copiesFor, planTrials, takeOut, type Trial } from "./controls/take-out.js";

const ROWS = [...databaseRows, ...otherRows];
const NAMES = Object.keys(COMPONENTS) as ComponentName[];

describe("the controls, on what the cloud holds after its own defaults", function () {
  this.timeout(180_000);
  const trials = planTrials(ROWS);
  /** What the provider said to a trial, before it called AWS. */
  const refusals = new Map<Trial, string[]>();
  let harness: StackHarness;
  let cloud: TestCloud;
  let resources: RegisteredResource[];
  let failed: string[];
  let own: OwnThings;

  before(async () => {
    await ensureBuilt();
    harness = await createStackHarness({ cloud: true });
    cloud = cloudOf(harness);
    const stack = await harness.createStack({ project: "shop", stack: "prod", program: () => deploy(new Map()) });
    await stack.up();
    const plain = registeredResources(await stack.state());
    for (const trial of trials)
      refusals.set(trial, refusalOf(trial.row, trial.input, ofComponent(plain, trial.row.component)));
    const copies = copiesFor(trials.filter((trial) => refusals.get(trial)?.length === 0));
    // AWS, too, refuses some; the rest goes on.
    const report = await stack.up({ program: () => deploy(copies), continueOnError: true, mayFail: true });
    resources = registeredResources(await stack.state());
    failed = report.steps.filter((step) => step.failed).map(({ name }) => name);
    own = { keyArns: cloud.resources("Key").map(({ attributes }) => String(attributes["arn"])) };
  });
  after(() => harness.remove());

  for (const row of ROWS) {
    it(`${row.control}: ${row.demand} (${row.type.split(":").at(-1)} of ${row.component})`, () => {
      const found = heldBy(row, row.component);
      assert.ok(found.length > 0, "the stack has no such resource");
      for (const attributes of found) assert.ok(row.holds(attributes, own), JSON.stringify(attributes, undefined, 1));
    });
  }

  for (const trial of trials) {
    const { row, input, copy } = trial;
    const masked = row.masked?.[input];
    const title = `${row.control}: ${row.demand} (${row.component})`;
    if (masked === undefined) {
      it(`${title} fails without ${input}`, () => {
        if (refusals.get(trial)?.length !== 0) return;
        const found = heldBy(row, copy);
        // Not there at all is a failure only where it was tried and refused, or is now something else.
        const isTried = found.length > 0 || row.about !== undefined || failed.some((name) => isPartOf({ name }, copy));
        assert.ok(isTried, "the copy was not made");
        assert.ok(found.length === 0 || !found.every((attributes) => row.holds(attributes, own)));
      });
    } else {
      it(`${title} holds also without ${input}: ${masked}`, () => {
        const found = heldBy(row, copy);
        assert.ok(found.length > 0 && found.every((attributes) => row.holds(attributes, own)));
      });
    }
  }

  it("RDS.15: a cluster has a member beside its writer", () => {
    assert.ok(heldBy({ ...ROWS[0]!, type: "aws:rds/clusterInstance:ClusterInstance" }, "aurora").length >= 2);
  });

  /** What the cloud holds of a component's resources that a row is about. */
  function heldBy({ type, about }: ControlRow, component: string): Attributes[] {
    const ids = ofComponent(resources, component)
      .filter((one) => one.type === type)
      .map(({ id }) => id);
    return cloud
      .resources(type)
      .filter(({ id }) => ids.includes(id))
      .map(({ attributes }) => attributes)
      .filter((attributes) => about?.(attributes) ?? true);
  }
});

function deploy(copies: ReturnType<typeof copiesFor>): Promise<Record<string, unknown>> {
  const ground = createGround();
  for (const name of NAMES) if (!(name in ground)) COMPONENTS[name](name, ground);
  for (const [copy, { of, takenOut }] of copies) COMPONENTS[of](copy, ground, takeOut(takenOut));
  return Promise.resolve({});
}

function ofComponent(resources: readonly RegisteredResource[], component: string): RegisteredResource[] {
  return resources.filter((resource) => isPartOf(resource, component));
}

/** Children are named after their component. */
function isPartOf({ name }: { readonly name: string }, component: string): boolean {
  if (!component.includes(COPY) && name.includes(COPY)) return false;
  return name === component || name.startsWith(`${component}-`);
}

const COPY = "-without-";
