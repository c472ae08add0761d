import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ensureBuilt } from "../support/build.js";
import { createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { createStackHarness, type StackHarness } from "../support/pulumi.js";
import { installLanguageHost } from "../support/pulumi-command.js";

interface Step {
  readonly op: string;
  readonly urn: string;
}

describe("the program, as `pulumi up` runs it", function () {
  this.timeout(300_000);
  let dataRoot: TestDataRoot;
  let harness: StackHarness;
  let hosts: string;

  before(async () => {
    await ensureBuilt();
    dataRoot = await createDataRoot();
    harness = await createStackHarness();
    hosts = await mkdtemp(join(tmpdir(), "holdfast-language-host-"));
    await installLanguageHost(hosts);
    for (const file of ["Pulumi.yaml", "Pulumi.dev.yaml"]) await copyFile(file, join(harness.home.workDirectory, file));
    await pulumi("stack", "select", "--create", "dev");
  });
  after(async () => {
    harness.remove();
    await dataRoot.remove();
    await rm(hosts, { recursive: true, force: true });
  });

  async function pulumi(...args: string[]): Promise<string> {
    const env = {
      ...process.env,
      ...harness.env,
      HOLDFAST_HOME: dataRoot.path,
      PATH: `${hosts}:${process.env["PATH"] ?? ""}`,
    };
    const options = { cwd: harness.home.workDirectory, env, maxBuffer: 64 * 1024 * 1024 };
    const { stdout } = await promisify(execFile)(harness.cli, [...args, "--non-interactive"], options);
    return stdout;
  }

  it("is loaded by the SDK's own loader with the settings of Pulumi.yaml, and previews", async () => {
    const { steps } = JSON.parse(await pulumi("preview", "--json")) as { steps: Step[] };
    assert.deepEqual(
      steps.map(({ op, urn }) => `${op} ${urn.split("::").slice(2).join(" ").replaceAll(/\S*\$/g, "")}`).sort(),
      [
        "create command:local:Command database-server",
        "create command:local:Command migrations-run",
        "create holdfast:index:LocalDatabase database",
        "create holdfast:index:SchemaMigrations migrations",
        "create pulumi:pulumi:Stack holdfast-dev",
      ],
    );
  });

  it("brings its own migrations up, hooks and all, and then has nothing left to do", async () => {
    await pulumi("up", "--yes", "--skip-preview");
    const outputs = JSON.parse(await pulumi("stack", "output", "--json")) as { instance: { release: string } };
    assert.match(outputs.instance.release, /^\d+\.\d+\.\d+/);
    const { steps } = JSON.parse(await pulumi("preview", "--json", "--expect-no-changes")) as { steps: Step[] };
    assert.deepEqual([...new Set(steps.map(({ op }) => op))], ["same"]);
  });

  it("tells all faults of the settings without a stack trace", async () => {
    await pulumi("config", "set", "holdfast:sokk", "7 days");
    await pulumi("config", "set", "holdfast:release", "next");
    const failure = await pulumi("preview").then(
      () => assert.fail("it was accepted"),
      (error: unknown) => (error as { stdout: string }).stdout,
    );
    assert.match(failure, /holdfast:sokk is not a setting of Holdfast\.\s+Did you mean holdfast:soak\?/);
    assert.match(failure, /holdfast:release is "next" and must be a semantic version/);
    assert.doesNotMatch(failure, /\n\s+at /);
  });
});
