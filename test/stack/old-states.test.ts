import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Deployment } from "@pulumi/pulumi/automation/index.js";
import { ensureBuilt } from "../support/build.js";
import { createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { createStackHarness, type StackHarness } from "../support/pulumi.js";
import program from "../../index.js";

const FOLDER = join(__dirname, "old-states");
const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };

/** A stack as a version of Holdfast left it: its settings, and its state less what encrypts secrets. */
interface OldState {
  readonly config: Readonly<Record<string, string>>;
  readonly state: Deployment;
}

/** What is recorded of each version. A state is of one project and one stack name. */
const STACKS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  dev: { "holdfast:engine": "embedded" },
};

/**
 * The state of each released version previews without a replacement. A release adds its own: with HOLDFAST_RECORD_STATES set,
 * the present version is deployed and written down.
 */
describe("a stack that an older version deployed", function () {
  this.timeout(300_000);
  let dataRoot: TestDataRoot;
  let harness: StackHarness;

  before(async () => {
    await ensureBuilt();
    dataRoot = await createDataRoot();
    harness = await createStackHarness({ env: { HOLDFAST_HOME: dataRoot.path } });
    if (process.env["HOLDFAST_RECORD_STATES"] !== undefined) await record(harness);
  });
  after(async () => {
    harness.remove();
    await dataRoot.remove();
  });

  it("is recorded for this version, too", () => {
    for (const stack of Object.keys(STACKS)) {
      assert.ok(existsSync(join(FOLDER, `${version}-${stack}.json`)), `no state of ${version} for ${stack}`);
    }
  });

  for (const name of readdirSync(FOLDER)) {
    const [, from = "", stack = ""] = /^(.+)-(\w+)\.json$/.exec(name) ?? [];

    it(`by ${from} (${stack}): the preview of this version replaces and deletes nothing`, async () => {
      const { config, state } = JSON.parse(readFileSync(join(FOLDER, name), "utf8")) as OldState;
      const old = await harness.createStack({ program, project: "holdfast", stack, config });
      await old.stack.importStack(state);
      const { steps, errors } = await old.preview();
      assert.deepEqual(errors, []);
      assert.ok(steps.length > 3, "the state was not there");
      const lost = steps.filter(({ op }) => !["same", "create", "update", "read"].includes(op));
      assert.deepEqual(
        lost.map(({ op, urn }) => `${op} ${urn}`),
        [],
      );
      await old.stack.workspace.removeStack(stack, { force: true });
    });
  }
});

async function record(harness: StackHarness): Promise<void> {
  for (const [stack, config] of Object.entries(STACKS)) {
    const deployed = await harness.createStack({ program, project: "holdfast", stack, config });
    await deployed.up();
    const state = await deployed.state();
    // The passphrase is the test's own, and the places in the source are this machine's; nothing in these states is secret.
    const unwanted = ["secrets_providers", "sourcePosition", "stackTrace"];
    const text = JSON.stringify(
      { config, state },
      (key, value: unknown) => (unwanted.includes(key) ? undefined : value),
      1,
    );
    writeFileSync(join(FOLDER, `${version}-${stack}.json`), `${text}\n`);
    await deployed.stack.workspace.removeStack(stack, { force: true });
  }
}
