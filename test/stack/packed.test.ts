import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { version as sdkVersion } from "@pulumi/pulumi/package.json";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { ensureBuilt } from "../support/build.js";
import { createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { createStackHarness, type StackHarness } from "../support/pulumi.js";

const run = promisify(execFile);
const CHECKOUT = join(__dirname, "..", "..");

/** A user's whole project: a program that imports the package, deployed by the user's own copy of the SDK. */
const DEPLOY = `
const { LocalWorkspace, PulumiCommand } = require("@pulumi/pulumi/automation");
const { LocalDatabase, SchemaMigrations } = require("holdfast");
const program = async () => {
  const database = new LocalDatabase("database");
  const migrations = new SchemaMigrations("migrations", { connection: database.connection, release: "2.0.0" });
  return { instance: migrations.instance };
};
(async () => {
  const pulumiCommand = await PulumiCommand.get({ root: process.env.CLI_ROOT });
  const stack = await LocalWorkspace.createOrSelectStack(
    { projectName: "packed", stackName: "dev", program }, { workDir: process.cwd(), pulumiCommand });
  const { outputs, summary } = await stack.up();
  const copies = Object.keys(require.cache).filter((path) => /@pulumi[/]pulumi[/]index[.]js$/.test(path));
  console.log(JSON.stringify({ outputs: outputs.instance.value, changes: summary.resourceChanges, copies }));
})();
`;

describe("the package as a user installs it", function () {
  this.timeout(300_000);
  let project: string;
  let dataRoot: TestDataRoot;
  let harness: StackHarness;

  before(async () => {
    await ensureBuilt();
    dataRoot = await createDataRoot();
    harness = await createStackHarness({ linksCheckout: false, env: { HOLDFAST_HOME: dataRoot.path } });
    project = mkdtempSync(join(tmpdir(), "holdfast-packed-"));
  });
  after(async () => {
    harness.remove();
    rmSync(project, { recursive: true, force: true });
    await dataRoot.remove();
  });

  it("leaves the program, its stacks and its own migrations out", async () => {
    await run("npm", ["pack", "--ignore-scripts", "--pack-destination", project], { cwd: CHECKOUT });
    const [archive] = readdirSync(project).filter((name) => name.endsWith(".tgz"));
    const { stdout } = await run("tar", ["-tzf", join(project, archive!)]);
    const files = stdout.split("\n").map((path) => path.replace(/^package\//, ""));
    const promised = [...readFileSync(join(CHECKOUT, "package.json"), "utf8").matchAll(/"(?:\.\/)?(dist\/[\w/.-]+)"/g)];
    const rotation = readdirSync(join(CHECKOUT, "dist", "rotation")).map((name) => `dist/rotation/${name}`);
    assert.ok(promised.length > 8 && rotation.length > 0);
    for (const path of [...promised.map(([, path = ""]) => path), ...rotation]) assert.ok(files.includes(path), path);
    // A plugin for other languages is the repository, which has the sources its schema is read from.
    assert.ok(!files.includes("PulumiPlugin.yaml"));
    const own = files.filter((path) =>
      /^(index\.ts|on-aws\.ts|config[\w-]*\.ts|Pulumi\.|migrations\/|test\/|bench\/)/.test(path),
    );
    assert.deepEqual(own, []);
  });

  it("deploys with its components in an empty project, and loads one copy of the Pulumi SDK", async () => {
    const [archive] = readdirSync(project).filter((name) => name.endsWith(".tgz"));
    writeFileSync(join(project, "package.json"), JSON.stringify({ name: "packed", private: true }));
    const sdk = `@pulumi/pulumi@${sdkVersion}`;
    const install = [
      "install",
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
      `./${archive!}`,
      sdk,
      "@pulumi/command@1.2.1",
    ];
    await run("npm", install, { cwd: project });
    mkdirSync(join(project, "migrations"));
    cpSync(join(CHECKOUT, "migrations", "0001_create_users.sql"), join(project, "migrations", "0001_create_users.sql"));
    writeFileSync(join(project, "deploy.cjs"), DEPLOY);
    const env = { ...process.env, ...harness.env, CLI_ROOT: dirname(dirname(harness.cli)) };
    const { stdout } = await run(process.execPath, ["deploy.cjs"], { cwd: project, env });
    const seen = JSON.parse(stdout) as { outputs: { schemaVersion: string }; changes: object; copies: string[] };
    assert.equal(seen.outputs.schemaVersion, "0001");
    assert.equal(seen.copies.length, 1, seen.copies.join(", "));
    const again = await run(process.execPath, ["deploy.cjs"], { cwd: project, env });
    const { changes } = JSON.parse(again.stdout) as { changes: Record<string, number> };
    assert.deepEqual(Object.keys(changes), ["same"]);
  });
});
