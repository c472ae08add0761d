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
  /** Type and name of each resource of the first preview, in order. */
  let planned: string[] = [];

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
    assert.deepEqual([...new Set(steps.map(({ op }) => op))], ["create"]);
    planned = steps.map(({ urn }) => urn.split("::").slice(2).join(" ").replaceAll(/\S*\$/g, ""));
    for (const component of ["LocalDatabase database", "DatabaseAccess access", "SchemaMigrations migrations"]) {
      assert.ok(planned.includes(`holdfast:index:${component}`), component);
    }
  });

  it("plans on this machine a server, its roles and grants, and the migrations after them; nothing in any cloud", () => {
    const types = [...new Set(planned.map((one) => one.split(":")[0]))].sort();
    assert.deepEqual(types, ["command", "holdfast", "postgresql", "pulumi"]);
    const commands = planned.filter((one) => one.startsWith("command:")).map((one) => one.split(" ")[1]);
    assert.deepEqual(commands, ["database-server", "access-rest", "migrations-run"]);
    const roles = planned.filter((one) => one.startsWith("postgresql:index/role:Role")).map((one) => one.split(" ")[1]);
    const names = ["app_owner", "app_migrator", "app_service", "app_read_only"];
    assert.deepEqual(roles.sort(), names.map((name) => `access-role-${name}`).sort());
    assert.ok(planned.includes("postgresql:index/grant:Grant access-schema-public-app_service"));
    assert.ok(
      planned.includes("postgresql:index/defaultPrivileges:DefaultPrivileges access-default-public-table-app_service"),
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

  it("refuses settings of a database on AWS beside the embedded one, with the file and the ways", async () => {
    for (const key of ["holdfast:sokk", "holdfast:release"]) await pulumi("config", "rm", key);
    await pulumi("config", "set", "--path", "holdfast:database.multiAz", "true");
    const failure = await pulumi("preview").then(
      () => assert.fail("it was accepted"),
      (error: unknown) => (error as { stdout: string }).stdout,
    );
    assert.match(failure, /holdfast:database is for a database on AWS, and holdfast:engine is embedded/);
    assert.match(failure, /Pulumi\.dev\.yaml .*config rm holdfast:database/);
  });
});
