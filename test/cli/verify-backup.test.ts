import assert from "node:assert/strict";
import { join } from "node:path";
import { listCatalogue } from "../../engine/adapters/backup/catalogue-folder.js";
import type { LocalInstance } from "../../engine/adapters/local/instance-file.js";
import { ensureLocalInstance } from "../../engine/adapters/local/instances.js";
import { folderOf } from "../support/backups.js";
import { createProject, migrations, runCli, type CliRun, type TestProject } from "../support/cli.js";
import { createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { flipByte } from "../support/flip-byte.js";

describe("holdfast verify-backup, and check --deep", function () {
  this.timeout(120_000);
  let dataRoot: TestDataRoot;
  let project: TestProject;
  let instance: LocalInstance;
  const holdfast = (...args: string[]): Promise<CliRun> =>
    runCli(args, { cwd: project.root, env: { HOLDFAST_HOME: dataRoot.path } });

  before(async () => {
    dataRoot = await createDataRoot();
    const files = migrations("CREATE TABLE users (id serial PRIMARY KEY);\n");
    const place = { "Pulumi.yaml": "name: shop\nruntime: nodejs\n", "package.json": '{"version": "1.0.0"}' };
    project = createProject({ ...files, ...place });
    instance = await ensureLocalInstance({ project: "shop", name: "dev", root: dataRoot.path });
    const deployed = await holdfast("migrate", "dev");
    assert.equal(deployed.exitCode, 0, deployed.stderr);
    assert.equal((await holdfast("backup", "dev")).exitCode, 0);
  });
  after(async () => {
    await dataRoot.remove();
    project.remove();
  });

  it("says of each backup that it is whole", async () => {
    const { stdout, stderr, exitCode } = await holdfast("verify-backup", "dev");
    assert.equal(exitCode, 0, stderr + stdout);
    assert.match(stdout, /^backup +kind +taken +read +verdict$/m);
    assert.equal(stdout.match(/ whole$/gm)?.length, 2);
    const { json } = await holdfast("verify-backup", "dev", "--json");
    const { ok, backups } = json() as { ok: boolean; backups: { damages: unknown[] }[] };
    assert.deepEqual([ok, backups.map(({ damages }) => damages)], [true, [[], []]]);
  });

  it("names what is damaged, and the next best, and ends with 3", async () => {
    const [newest, older] = (await listCatalogue(folderOf(instance))).entries;
    const undo = await flipByte(join(newest!.path, "base.tar"), 1_000_000);
    const { stdout, exitCode } = await holdfast("verify-backup", "dev");
    await undo();
    assert.equal(exitCode, 3);
    assert.match(stdout, new RegExp(`^${newest!.id} .* damaged$`, "m"));
    assert.match(stdout, new RegExp(`^${newest!.id}: the next best is ${older!.id}$`, "m"));
    assert.match(stdout, /damaged: .*base\.tar was changed after the backup/);
  });

  it("knows no backup that is not there", async () => {
    const { exitCode, stderr } = await holdfast("verify-backup", "dev", "--backup", "nothing");
    assert.equal(exitCode, 2);
    assert.match(stderr, /"dev" has no backup nothing/);
  });

  it("check --deep tells what it read, beside the rest", async () => {
    const { stdout, exitCode, stderr } = await holdfast("check", "dev", "--deep");
    assert.equal(exitCode, 0, stderr + stdout);
    assert.match(stdout, /^dev: sound$/m);
    assert.match(stdout, /pages +\d+ tables read/);
    assert.match(stdout, /indexes +\d{3} compared with their tables/);
    const { json } = await holdfast("check", "dev", "--deep", "--json");
    assert.ok((json() as { deep: { indexes: number } }).deep.indexes > 100);
    assert.equal("deep" in ((await holdfast("check", "dev", "--json")).json() as object), false);
  });
});
