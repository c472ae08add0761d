import assert from "node:assert/strict";
import { rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import { listCatalogue } from "../../engine/adapters/backup/catalogue-folder.js";
import type { LocalInstance } from "../../engine/adapters/local/instance-file.js";
import { ensureLocalInstance } from "../../engine/adapters/local/instances.js";
import { writeProof } from "../../engine/adapters/backup/catalogue-folder.js";
import { folderOf } from "../support/backups.js";
import { createProject, migrations, runCli, type CliRun, type TestProject } from "../support/cli.js";
import { createDataRoot, type TestDataRoot } from "../support/data-root.js";

const FILES = migrations(
  "CREATE TABLE users (id int PRIMARY KEY);\nINSERT INTO users SELECT generate_series(1, 50);\n\n-- @verify\nSELECT count(*) = 1 FROM pg_tables WHERE tablename = 'users';\n",
);
const DAY = 24 * 60 * 60 * 1000;

describe("holdfast drill", function () {
  this.timeout(120_000);
  let dataRoot: TestDataRoot;
  let project: TestProject;
  let instance: LocalInstance;
  const holdfast = (...args: string[]): Promise<CliRun> =>
    runCli(args, { cwd: project.root, env: { HOLDFAST_HOME: dataRoot.path } });
  const entries = async () => (await listCatalogue(folderOf(instance))).entries;
  const statusOf = async () => {
    const { json } = await holdfast("status", "dev", "--json");
    return (json() as { instances: { backup: { provenAt: string | null; warning?: string } }[] }).instances[0]!.backup;
  };

  before(async () => {
    dataRoot = await createDataRoot();
    project = createProject({
      ...FILES,
      "Pulumi.yaml": "name: shop\nruntime: nodejs\n",
      "package.json": '{"version": "1.0.0"}',
    });
    instance = await ensureLocalInstance({ project: "shop", name: "dev", root: dataRoot.path });
    const deployed = await holdfast("migrate", "dev", "--release", "1.0.0");
    assert.equal(deployed.exitCode, 0, deployed.stderr);
    const taken = await holdfast("backup", "dev");
    assert.equal(taken.exitCode, 0, taken.stderr);
  });
  after(async () => {
    await dataRoot.remove();
    project.remove();
  });

  it("is asked for by status while no backup was ever proven", async () => {
    assert.deepEqual((await statusOf()).warning, "no backup was ever restored to prove it: holdfast drill dev");
    assert.match((await holdfast("status")).stdout, /warning +no backup was ever restored to prove it/);
  });

  it("proves the newest backup, and says what was looked at", async () => {
    const { stdout, exitCode, stderr } = await holdfast("drill", "dev");
    assert.equal(exitCode, 0, stderr);
    const [newest] = await entries();
    assert.match(stdout, new RegExp(`^dev: ${newest!.id} is proven, in `));
    assert.match(stdout, /rows +\d+ in \d+ tables, as the manifest says/);
    assert.match(stdout, /indexes +\d{3} compared with their tables/);
    assert.match(stdout, /verified +1 @verify query/);
    assert.ok(newest!.provenAt !== null);
    const { provenAt, warning } = await statusOf();
    assert.deepEqual([provenAt, warning], [newest!.provenAt.toISOString(), undefined]);
  });

  it("warns of a proof that is older than a month", async () => {
    const [newest] = await entries();
    const checked = { tables: 1, rows: 1, isSchemaSame: true, indexes: null, bytesRead: null, verified: null } as const;
    const proof = { tookMs: 1, checked: { ...checked, takesWrites: true, findings: [] } };
    await writeProof(newest!, { ...proof, provenAt: new Date(Date.now() - 31 * DAY) });
    assert.equal((await statusOf()).warning, "the last proven restore is 31 days old: holdfast drill dev");
    await writeProof(newest!, { ...proof, provenAt: new Date(Date.now() - 29 * DAY) });
    assert.equal((await statusOf()).warning, undefined);
  });

  it("drills every instance of the project where none is named; one that fails ends it with 3 and names the next best", async () => {
    const [newest, older] = await entries();
    assert.equal((await holdfast("backup", "dev")).exitCode, 0);
    const [broken] = await entries();
    await truncate(join(broken!.path, "base.tar"), broken!.sizeBytes - 1);
    const listed = await holdfast("drill", "--json");
    assert.equal(listed.exitCode, 0, "a backup that is known to be damaged is passed over, with a word");
    assert.match(listed.stderr, /damaged: .*base\.tar is \d+ bytes long/);
    const named = await holdfast("drill", "dev", "--backup", broken!.id, "--json");
    assert.equal(named.exitCode, 3, named.stdout);
    await rm(join(broken!.path), { recursive: true });
    assert.ok(newest !== undefined && older !== undefined);
  });

  it("says so where there is nothing to drill", async () => {
    const { exitCode, stderr } = await holdfast("drill", "nope");
    assert.equal(exitCode, 2);
    assert.match(stderr, /There is no backup of an instance "nope"/);
  });
});
