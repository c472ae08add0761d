import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { ensureLocalInstance, findLocalInstance, stopLocalInstance } from "../../engine/index.js";
import { createProject, migrations, runCli, runOnTerminal, type CliRun, type TestProject } from "../support/cli.js";
import { createDataRoot, type TestDataRoot } from "../support/data-root.js";

const CONTRACT = "-- @phase contract\n-- @closes 0002\nALTER TABLE users DROP COLUMN name;\n";

describe("an embedded database by its name", function () {
  this.timeout(180_000);
  let root: TestDataRoot;
  let project: TestProject;
  const place = () => ({ cwd: project.root, env: { HOLDFAST_HOME: root.path } });
  const holdfast = (...args: string[]): Promise<CliRun> => runCli(args, place());
  const release = (version: string): void => project.write({ "package.json": JSON.stringify({ version }) });
  const rows = async (query: string, instance = "dev"): Promise<unknown> =>
    ((await holdfast("sql", instance, query, "--json")).json() as { rows: unknown }).rows;
  const dev = async () => {
    const instance = await findLocalInstance({ root: root.path, project: "shop", name: "dev" });
    assert.ok(instance);
    return instance;
  };

  before(async () => {
    root = await createDataRoot();
    project = createProject({
      "Pulumi.yaml": "name: shop\nruntime: nodejs\n",
      ...migrations(
        "CREATE TABLE users (id int PRIMARY KEY, name text);\nINSERT INTO users SELECT g, 'name ' || g FROM generate_series(1, 50) g;\n",
        "ALTER TABLE users ADD COLUMN full_name text;\n",
      ),
    });
    await ensureLocalInstance({ root: root.path, project: "shop", name: "dev" });
  });
  after(async () => {
    await root.remove();
    project.remove();
  });

  it("migrate takes a backup first, names it, and marks the environment", async () => {
    release("1.0.0");
    const { stdout, stderr, exitCode } = await holdfast("migrate", "dev");
    assert.equal(exitCode, 0, stderr);
    assert.match(stderr, /Backing up first[^]*Backed up as \S+-v0, /);
    assert.match(stdout, /dev is at schema 0002, release 1\.0\.0: 2 migrations ran\./);
    assert.match(
      stdout,
      /backup +\S+-v0, a base backup; to go back: holdfast restore dev --backup \S+ --as <new name>/,
    );
    assert.deepEqual(await rows("SELECT value FROM settings WHERE key = 'holdfast.environment'"), [{ value: "dev" }]);
    assert.deepEqual(await rows("SELECT tableowner FROM pg_tables WHERE tablename = 'users'"), [
      { tableowner: "app_owner" },
    ]);
  });

  it("a second migrate has nothing to do and takes no backup", async () => {
    const { stdout, stderr } = await holdfast("migrate", "dev");
    assert.equal(stdout, "dev is at schema 0002, release 1.0.0: nothing to do.\n");
    assert.equal(stderr, "");
  });

  it("is found by project/name from anywhere, and by a name that occurs once", async () => {
    for (const name of ["shop/dev", "dev"]) {
      const { json, stderr } = await runCli(["sql", name, "SELECT 1 AS one", "--json"], {
        env: { HOLDFAST_HOME: root.path },
      });
      assert.deepEqual(json(), { rows: [{ one: "1" }] }, stderr);
    }
  });

  it("is started by the command that needs it; stop and start keep the data; where says where", async () => {
    const stopped = await holdfast("local", "stop", "dev");
    assert.match(stopped.stdout, /dev is stopped\./);
    assert.deepEqual(await rows("SELECT count(*) FROM users"), [{ count: "50" }]);
    await holdfast("local", "stop", "dev");
    assert.match((await holdfast("local", "start", "dev")).stdout, /dev is running\./);
    const where = (await holdfast("local", "where", "dev", "--json")).json() as Record<string, unknown>;
    const instance = await dev();
    assert.equal(where["dataDirectory"], instance.dataDirectory);
    assert.equal(where["port"], instance.port);
    assert.equal((await holdfast("local", "stop", "nope")).exitCode, 2);
  });

  it("a contract nobody approved is held, with its reason and how to approve it; exit code 0", async () => {
    project.write({ "migrations/0003_drop_name.sql": CONTRACT });
    release("1.1.0");
    const plan = await holdfast("plan", "dev");
    assert.match(plan.stdout, /1 step\.$/m);
    assert.match(plan.stdout, /hold +0003_drop_name\.sql[^]*not approved[^]*checksum [0-9a-f]{64}/);
    const { stdout, exitCode } = await holdfast("migrate", "dev");
    assert.equal(exitCode, 0);
    assert.match(stdout, /held +0003_drop_name\.sql: .*not approved/);
    assert.match((await holdfast("status", "dev")).stdout, /held +0003: .*not approved/);
    assert.match((await holdfast("plan", "dev")).stdout, /hold +0003_drop_name\.sql/, "also when it is on record");
    const insisted = await holdfast("migrate", "dev", "--include-held");
    assert.equal(insisted.exitCode, 3);
    assert.match(insisted.stderr, /\[approval_missing\]/);
  });

  it("a person is asked: anything but the name of the instance leaves it held", async () => {
    const question = /Type dev to approve 0003 there, or press Enter to leave it held: /;
    const run = await runOnTerminal(["migrate", "dev"], { ...place(), answers: [[question, "0003"]] });
    assert.equal(run.exitCode, 0, run.stdout);
    assert.match(run.stdout, /ALTER TABLE users DROP COLUMN name;/);
    assert.match(run.stdout, /0003_drop_name\.sql stays held\./);
  });

  it("typed, it runs after a backup that was proven; the column is retired, and undo brings it back", async () => {
    const question = /Type dev to approve 0003 there/;
    const run = await runOnTerminal(["migrate", "dev"], { ...place(), answers: [[question, "dev"]] });
    assert.equal(run.exitCode, 0, run.stdout);
    assert.match(run.stdout, /Restoring the backup into a throw-away cluster/);
    assert.match(run.stdout, /(retired|applied) +0003_drop_name\.sql/);
    assert.deepEqual(
      await rows("SELECT count(*) FROM information_schema.columns WHERE table_name = 'users' AND column_name = 'name'"),
      [{ count: "0" }],
    );
    const status = await holdfast("status", "dev");
    assert.match(status.stdout, /retired +0003.*holdfast undo dev 0003/);
    assert.doesNotMatch(status.stdout, /never/, "the restore was proven");
    const undone = await holdfast("undo", "dev", "3");
    assert.equal(undone.exitCode, 0, undone.stderr);
    assert.match(undone.stdout, /0003 is undone on dev\.\n {2}back +column public\.users\.name/);
    assert.deepEqual(await rows("SELECT count(name) FROM users"), [{ count: "50" }]);
    assert.equal((await holdfast("check", "dev")).exitCode, 0, "an undo is no drift");
    const twice = await holdfast("undo", "dev", "0002");
    assert.equal(twice.exitCode, 3);
    assert.match(twice.stderr, /\[undo_refused\]/);
  });

  it("backup, backups and restore: beside the database, under a name of its own", async () => {
    const taken = (await holdfast("backup", "dev", "--reason", "before the import", "--json")).json() as { id: string };
    await holdfast("sql", "dev", "--write", "DELETE FROM users");
    const listed = await holdfast("backups", "dev");
    assert.match(listed.stdout, new RegExp(`^dev +${taken.id} .*before the import$`, "m"));
    const restored = await holdfast("restore", "dev", "--as", "dev-before");
    assert.equal(restored.exitCode, 0, restored.stderr);
    assert.match(restored.stdout, new RegExp(`^Restored dev as dev-before, beside it: [^]* backup +${taken.id}\n`));
    assert.deepEqual(await rows("SELECT count(*) FROM users", "dev-before"), [{ count: "50" }]);
    assert.deepEqual(await rows("SELECT count(*) FROM users"), [{ count: "0" }]);
    const taken2 = await holdfast("restore", "dev", "--as", "dev-before");
    assert.equal(taken2.exitCode, 2);
    assert.equal((await holdfast("restore", "dev", "--as", "x", "--backup", "nothing")).exitCode, 2);
    assert.equal((await holdfast("backups", "nope")).exitCode, 2);
    assert.match((await holdfast("status")).stdout, /^dev-before /m);
  });

  it("migrate-all brings each to the release, and stops at the first that fails", async () => {
    project.write({ "migrations/0004_add.sql": "ALTER TABLE users ADD COLUMN age int;\n" });
    release("1.2.0");
    const plans = (await holdfast("plan", "--json")).json() as { instances: { instance: string; steps: unknown[] }[] };
    assert.deepEqual(
      plans.instances.map(({ instance }) => instance),
      ["dev", "dev-before"],
    );
    const all = (await holdfast("migrate-all", "--json")).json() as { ok: boolean; instances: { instance: string }[] };
    assert.deepEqual(
      all.instances.map(({ instance }) => instance),
      ["dev", "dev-before"],
    );
    project.write({ "migrations/0005_fail.sql": "SELECT 1 / 0;\n" });
    const failed = await holdfast("migrate-all", "--json");
    assert.equal(failed.exitCode, 1);
    const { ok, instances, notTried } = failed.json() as { ok: boolean; instances: unknown[]; notTried: string[] };
    assert.deepEqual([ok, instances.length, notTried], [false, 1, ["dev-before"]]);
    assert.match(failed.stderr, /0005_fail\.sql:1:1: division by zero/);
    project.write({ "migrations/0005_fail.sql": null });
  });

  it("--no-backup-because is refused where there is a way to back up", async () => {
    project.write({ "migrations/0005_add.sql": "ALTER TABLE users ADD COLUMN size int;\n" });
    const { exitCode, stderr } = await holdfast("migrate", "dev", "--no-backup-because", "in a hurry");
    assert.equal(exitCode, 2);
    assert.match(stderr, /for a database without a way to back up; this one has one/);
  });

  it("its password is in no output", async () => {
    const { passwordFile } = await dev();
    const password = (await readFile(passwordFile, "utf8")).trim();
    assert.ok(password.length >= 16);
    const outputs: string[] = [];
    for (const args of [
      ["status"],
      ["local", "where", "dev"],
      ["info", "dev"],
      ["backups"],
      ["migrate", "dev"],
      ["check", "dev"],
    ]) {
      for (const more of [[], ["--json"]]) {
        const { stdout, stderr } = await holdfast(...args, ...more);
        outputs.push(stdout, stderr);
      }
    }
    assert.ok(!outputs.join("\n").includes(password));
  });

  it("a lost instance is still restored from its backups, by its name", async () => {
    await stopLocalInstance(await dev());
    const { rename } = await import("node:fs/promises");
    const { directory } = await dev();
    await rename(directory, `${directory}-lost`);
    const lost = await holdfast("status", "dev");
    assert.equal(lost.exitCode, 2);
    const { exitCode, stderr, stdout } = await holdfast("restore", "dev", "--as", "dev");
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /as dev/);
    assert.deepEqual(await rows("SELECT count(*) > -1 AS there FROM users"), [{ there: "t" }]);
  });
});
