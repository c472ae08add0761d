import assert from "node:assert/strict";
import { ensureLocalInstance, stopLocalInstance } from "../../engine/index.js";
import { SITUATIONS } from "../../cli/runbook/situations.js";
import { createProject, migrations, runCli, type CliRun, type TestProject } from "../support/cli.js";
import { createDataRoot, type TestDataRoot } from "../support/data-root.js";

interface Printed {
  readonly kind: string | null;
  readonly values: Readonly<Record<string, string>>;
  readonly unknown: readonly { readonly placeholder: string; readonly how: string }[];
  readonly notes: readonly string[];
  readonly steps: readonly { readonly number: number; readonly command: string }[];
}

describe("holdfast runbook", function () {
  this.timeout(120_000);
  let root: TestDataRoot;
  let project: TestProject;
  const holdfast = (...args: string[]): Promise<CliRun> =>
    runCli(args, { cwd: project.root, env: { HOLDFAST_HOME: root.path } });
  const printed = async (...args: string[]): Promise<Printed> => {
    const run = await holdfast("runbook", ...args, "--json");
    assert.equal(run.exitCode, 0, run.stderr);
    return run.json() as Printed;
  };

  before(async () => {
    root = await createDataRoot();
    project = createProject({
      "Pulumi.yaml": "name: runbooks\nruntime: nodejs\n",
      "Pulumi.prod.yaml": "config:\n  aws:region: eu-west-1\n  holdfast:backups:\n    copyRegion: eu-north-1\n",
      "package.json": '{"version": "1.0.0"}\n',
      "holdfast.json":
        '{"instances": {"lost": {"backupTo": ["/mnt/second place"]}, "far": {"url": "postgres://ann@127.0.0.1:1/shop"}}}\n',
      ...migrations("CREATE TABLE users (id bigint PRIMARY KEY);\n"),
    });
    await ensureLocalInstance({ root: root.path, project: "runbooks", name: "dev" });
    const { exitCode, stderr } = await holdfast("migrate", "dev");
    assert.equal(exitCode, 0, stderr);
  });
  after(async () => {
    await root.remove();
    project.remove();
  });

  it("without a situation lists them all, one line each", async () => {
    const { stdout } = await holdfast("runbook");
    for (const situation of Object.keys(SITUATIONS)) assert.match(stdout, new RegExp(`^${situation} +\\S`, "m"));
  });

  it("puts in what the database, the catalogue and the data root say, and lists the rest with how to find it out", async () => {
    const { values, kind, unknown, notes } = await printed("restore", "dev");
    const backup = /^\d{8}T\d{6}Z-v0$/;
    assert.equal(kind, "embedded");
    assert.match(values["backup"] ?? "", backup);
    assert.match(values["backup-before"] ?? "", backup);
    assert.equal(values["version"], "0001");
    assert.equal(values["release"], "1.0.0");
    assert.equal(values["as"], "dev-restored");
    assert.ok(values["data"]?.startsWith(root.path));
    assert.deepEqual(notes, []);
    assert.deepEqual(
      unknown.map(({ placeholder }) => placeholder),
      ["time", "table", "old", "elsewhere"],
    );
  });

  it("prints only the variant that fits, without marks of Markdown, links as commands", async () => {
    const { stdout } = await holdfast("runbook", "corruption", "dev");
    assert.match(stdout, /^ {4}holdfast switch dev --to dev-restored$/m);
    assert.match(stdout, /\(holdfast runbook data-loss dev\)/);
    assert.match(stdout, /<index> {2}holdfast check --deep names it/);
    assert.doesNotMatch(stdout, /\(AWS\)|pulumi up|\*\*|```/);
  });

  it("asks no server that is stopped, and starts none: what lies beside it is enough", async () => {
    const instance = await ensureLocalInstance({ root: root.path, project: "runbooks", name: "dev" });
    await stopLocalInstance(instance);
    const { values, notes } = await printed("corruption", "dev");
    assert.match(notes.join(), /dev is stopped, and was not asked/);
    assert.ok(values["backup"] !== undefined && values["data"] !== undefined);
    assert.match((await holdfast("local", "where", "dev")).stdout, /dev is stopped/);
  });

  it("of a machine that is lost, what version control says: the second place, the region, what kind it was", async () => {
    const lost = await printed("region-loss", "lost");
    assert.equal(lost.kind, "embedded");
    assert.ok(lost.steps.some(({ command }) => command.includes('--from "/mnt/second place"')));
    const prod = await printed("region-loss", "prod");
    assert.equal(prod.kind, "AWS");
    assert.equal(prod.values["copy-region"], "eu-north-1");
    assert.ok(prod.steps.every(({ command }) => !command.includes("backups prod --from")));
    const far = await printed("stuck-lock", "far");
    assert.equal(far.kind, "elsewhere");
    assert.ok(far.notes.length > 0, "says why the database was not asked");
  });

  it("of an instance nobody knows, the steps for every kind", async () => {
    const { kind, steps, notes } = await printed("credentials-leaked", "nobody");
    assert.equal(kind, null);
    assert.equal(steps.filter(({ number }) => number === 2).length, 3);
    assert.match(notes.join("\n"), /There is no instance "nobody"/);
  });

  it("names the nearest for a situation nobody described", async () => {
    const { exitCode, stderr } = await holdfast("runbook", "dataloss", "dev");
    assert.equal(exitCode, 2);
    assert.match(stderr, /Did you mean data-loss\?/);
  });
});
