import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Deployment } from "@pulumi/pulumi/automation/index.js";
import { ensureBuilt } from "../support/build.js";
import { ACCOUNT, cloudOf } from "../support/cloud.js";
import { createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { createStackHarness, type ResourceStep, type StackHarness } from "../support/pulumi.js";
import program from "../../index.js";

const FOLDER = join(__dirname, "old-states");
const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };

/** A stack as a version of Holdfast left it: its settings, and its state less what encrypts secrets. */
interface OldState {
  readonly config: Readonly<Record<string, string>>;
  readonly state: Deployment;
}

/** What is recorded of each version, with the checkout's own settings. A state is of one project and one stack name. */
const STACKS = ["dev", "staging", "prod"];

/** Where the data root is in a fixture, instead of this machine's. */
const SOMEWHERE = "/var/lib/holdfast";

/**
 * The state of each released version previews without a replacement. A release adds its own: with HOLDFAST_RECORD_STATES set,
 * the present version is deployed and written down.
 */
describe("a stack that an older version deployed", function () {
  this.timeout(600_000);
  let dataRoot: TestDataRoot;
  let harness: StackHarness;

  before(async () => {
    await ensureBuilt();
    dataRoot = await createDataRoot();
    harness = await createStackHarness({ cloud: true, env: { HOLDFAST_HOME: dataRoot.path } });
    if (process.env["HOLDFAST_RECORD_STATES"] === undefined) return;
    for (const name of STACKS) await record(harness, name, dataRoot.path);
  });
  after(async () => {
    harness.remove();
    await dataRoot.remove();
  });

  it("is recorded for this version, too", () => {
    for (const stack of STACKS) {
      assert.ok(existsSync(join(FOLDER, `${version}-${stack}.json`)), `no state of ${version} for ${stack}`);
    }
  });

  const recorded = readdirSync(FOLDER);

  it("is kept without anything of the machine it was recorded on", () => {
    for (const name of recorded) {
      const text = readFileSync(join(FOLDER, name), "utf8");
      assert.doesNotMatch(text, /\/(tmp|root|work|home|Users|private)\//, name);
      assert.ok(!text.includes(hostname()), name);
    }
  });

  for (const name of recorded) {
    const [, from = "", stack = ""] = /^(.+)-(\w+)\.json$/.exec(name) ?? [];

    it(`by ${from} (${stack}): the preview of this version replaces, deletes and forgets nothing`, async () => {
      const { config, state } = JSON.parse(readFileSync(join(FOLDER, name), "utf8")) as OldState;
      const old = await harness.createStack({ program, project: "holdfast", stack, config });
      await old.stack.importStack(encryptable(state, join(harness.home.workDirectory, `Pulumi.${stack}.yaml`)));
      const before = cloudOf(harness).changes().length;
      const { steps, errors } = await old.preview();
      assert.deepEqual(errors, []);
      const lost = steps.filter(({ op }) => !["same", "create", "update", "read"].includes(op));
      assert.deepEqual(lost.map(said), []);
      // Whatever the state has is still in the program: nothing is left to a delete of a later deploy.
      const seen = new Set(steps.filter(({ op }) => op !== "create").map(({ urn }) => urn));
      assert.deepEqual(
        urnsIn(state).filter((urn) => !seen.has(urn)),
        [],
      );
      if (from === version) assert.deepEqual(steps.filter(isUnexpected).map(said), []);
      assert.equal(cloudOf(harness).changes().length, before);
      await old.stack.workspace.removeStack(stack, { force: true });
    });
  }
});

function said({ op, urn, diffs }: ResourceStep): string {
  return `${op} ${urn} ${diffs.join()}`;
}

/** Of this very version nothing is to change but what was not done yet, and what only this machine knows. */
function isUnexpected({ op, type, urn }: ResourceStep): boolean {
  if (op === "same" || type === "pulumi:providers:postgresql") return false;
  // Where no runner reaches the database, roles and migrations are still to come.
  return !(op === "create" && /SchemaMigrations|DatabaseAccess/.test(urn));
}

/** Some of a state's values are empty secrets of a provider, which the test's own passphrase encrypts. */
function encryptable(state: Deployment, settings: string): Deployment {
  const [, salt] = /^encryptionsalt: (.+)$/m.exec(readFileSync(settings, "utf8")) ?? [];
  const deployment = { ...(state.deployment as object), secrets_providers: { type: "passphrase", state: { salt } } };
  return { ...state, deployment };
}

function urnsIn({ deployment }: Deployment): string[] {
  const { resources } = deployment as { readonly resources: readonly { readonly urn: string }[] };
  return resources.map(({ urn }) => urn);
}

/** The account is the one value that a user has to fill in. A stack on AWS stops before its migrations, for want of a runner. */
async function record(harness: StackHarness, stack: string, dataRoot: string): Promise<void> {
  const deployed = await harness.createStack({ program, project: "holdfast", stack });
  const settings = readFileSync(`Pulumi.${stack}.yaml`, "utf8").replaceAll("000000000000", ACCOUNT);
  const file = join(harness.home.workDirectory, `Pulumi.${stack}.yaml`);
  writeFileSync(file, settings);
  const { errors } = await deployed.up({ mayFail: true });
  const isStopped = stack !== "dev" && /execution "codebuild"/.test(errors.join("\n"));
  if (errors.length > 0 && !isStopped) throw new Error(errors.join("\n"));
  const all = Object.entries(await deployed.stack.getAllConfig());
  const config = Object.fromEntries(all.map(([key, { value }]) => [key, value]));
  const state = await deployed.state();
  // The passphrase is the test's own, and the places in the source are this machine's; nothing in these states is secret.
  const unwanted = ["secrets_providers", "sourcePosition", "stackTrace"];
  const kept = (key: string, value: unknown): unknown => (unwanted.includes(key) ? undefined : value);
  const text = JSON.stringify({ config, state }, kept, 1).replaceAll(dataRoot, SOMEWHERE);
  writeFileSync(join(FOLDER, `${version}-${stack}.json`), `${text}\n`);
  await deployed.stack.workspace.removeStack(stack, { force: true });
  rmSync(file, { force: true });
}
