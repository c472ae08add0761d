import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { ensureBuilt } from "../support/build.js";
import { cloudOf } from "../support/cloud.js";
import { installLanguageHost, pulumiCommand } from "../support/pulumi-command.js";
import { createStackHarness, type StackHarness, type TestStack } from "../support/pulumi.js";

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
const CHECKOUT = resolve(".");

interface Wish {
  /** @default "key" */
  readonly keyName?: string;
  readonly database?: Readonly<Record<string, unknown>>;
}

/**
 * What a program in Python, Go, C# or YAML does: it asks the engine for a component by its type, and the engine has it made by
 * the plugin that PulumiPlugin.yaml describes, in a process of its own.
 */
describe("the components in a program of another language", function () {
  this.timeout(300_000);
  let harness: StackHarness;
  let hosts: string;
  let stack: TestStack;

  before(async () => {
    await ensureBuilt();
    hosts = mkdtempSync(join(tmpdir(), "holdfast-language-host-"));
    await installLanguageHost(hosts);
    harness = await createStackHarness({
      cloud: true,
      linksCheckout: false,
      env: { PATH: `${hosts}:${process.env["PATH"] ?? ""}` },
    });
    stack = await harness.createStack({ program: program(), project: "remote", stack: "prod", config: CONFIG });
    // What `pulumi package add` writes into a project.
    const plugins = { providers: [{ name: "holdfast", path: CHECKOUT }] };
    const project = { name: "remote", runtime: "nodejs", plugins };
    writeFileSync(join(harness.home.workDirectory, "Pulumi.yaml"), JSON.stringify(project));
  });
  after(() => {
    harness.remove();
    rmSync(hosts, { recursive: true, force: true });
  });

  const refusal = async (wish: Wish): Promise<string> => {
    const { succeeded, errors } = await stack.preview({ program: program(wish), mayFail: true });
    assert.equal(succeeded, false);
    return errors.join("\n");
  };

  it("are known by their schema, which Pulumi generates every other language's package from", async () => {
    const command = await pulumiCommand(harness);
    const { stdout, stderr, exitCode } = await command.run(["package", "get-schema", CHECKOUT]);
    assert.equal(exitCode, 0, stderr);
    const schema = JSON.parse(stdout) as { name: string; version: string; resources: Record<string, Described> };
    assert.deepEqual([schema.name, schema.version], ["holdfast", version]);
    const { isComponent, inputProperties, requiredInputs } = schema.resources["holdfast:index:PersistentDatabase"]!;
    assert.equal(isComponent, true);
    assert.match(inputProperties["allocatedStorage"]?.description ?? "", /GiB/);
    assert.deepEqual([...requiredInputs].sort(), ["keyArn", "securityGroupIds", "subnetGroupName"]);
  });

  it("make a key, a network and a database by their plugin, under the same names and types; a second deploy has nothing to do", async () => {
    const { outputs, errors } = await stack.up();
    assert.deepEqual(errors, []);
    const { identifier } = outputs["connection"] as { identifier: string };
    assert.equal(cloudOf(harness).database(identifier).attributes["deletionProtection"], true);
    const { deployment } = (await stack.state()) as unknown as { deployment: { resources: State[] } };
    const guarded = deployment.resources.filter(({ type }) => GUARDED.includes(type));
    assert.deepEqual(guarded.map(({ urn }) => urn.split("::").slice(2).join(" ")).sort(), [
      "holdfast:index:EncryptionKey$aws:kms/key:Key key-key",
      "holdfast:index:PersistentDatabase$aws:rds/instance:Instance database-main-instance",
    ]);
    assert.ok(guarded.every(({ protect, retainOnDelete }) => protect && retainOnDelete));
    assert.deepEqual((await stack.preview()).changes, []);
  });

  it("refuse in the preview what cannot change in place: the hooks of the plugin's process run, too", async () => {
    assert.match(
      await refusal({ database: { databaseName: "other" } }),
      /databaseName is "app" and cannot become "other"/,
    );
  });

  it("make no second key in the place of one that was renamed", async () => {
    assert.match(await refusal({ keyName: "other" }), /would make a new, empty key, while EncryptionKey "key"/);
  });

  it("are not deleted: neither where the program leaves them out, nor by destroy", async () => {
    const nothing = await stack.up({ program: () => Promise.resolve({}), mayFail: true });
    const destroyed = await stack.destroy({ runProgram: true, mayFail: true });
    assert.deepEqual([nothing.succeeded, destroyed.succeeded], [false, false]);
    assert.match(destroyed.errors.join("\n"), /which no deploy deletes or replaces[^]*takes two deploys/);
    const deletes = cloudOf(harness)
      .calls()
      .filter(({ act, type }) => act === "delete" && GUARDED.includes(type));
    assert.deepEqual(deletes, []);
    assert.deepEqual((await stack.preview()).changes, []);
  });
});

const CONFIG = { "aws:region": "eu-central-1" };
const GUARDED = ["aws:kms/key:Key", "aws:rds/instance:Instance"];

interface State {
  readonly urn: string;
  readonly type: string;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
}

interface Described {
  readonly isComponent: boolean;
  readonly inputProperties: Readonly<Record<string, { readonly description?: string }>>;
  readonly requiredInputs: readonly string[];
}

/** What the engine's answer fills in. */
const OUTPUTS = { arn: undefined, connection: undefined, subnetGroupName: undefined, securityGroupId: undefined };

/** A component as the engine gets it from any language: a type, a name, arguments, and `remote`. */
class Remote extends pulumi.ComponentResource {
  declare readonly arn: pulumi.Output<string>;
  declare readonly connection: pulumi.Output<object>;
  declare readonly subnetGroupName: pulumi.Output<string>;
  declare readonly securityGroupId: pulumi.Output<string>;

  constructor(type: string, name: string, args: Readonly<Record<string, unknown>>) {
    super(`holdfast:index:${type}`, name, { ...OUTPUTS, ...args }, { version }, true);
  }
}

function program({ keyName = "key", database }: Wish = {}): pulumi.automation.PulumiFn {
  return () => {
    const { arn: keyArn } = new Remote("EncryptionKey", keyName, {});
    const { subnetGroupName, securityGroupId } = new Remote("DatabaseNetwork", "network", {
      cidrBlock: "10.20.0.0/24",
    });
    const { connection } = new Remote("PersistentDatabase", "database", {
      ...{ keyArn, subnetGroupName, securityGroupIds: [securityGroupId] },
      ...database,
    });
    return Promise.resolve({ connection });
  };
}
