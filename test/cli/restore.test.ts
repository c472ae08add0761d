import assert from "node:assert/strict";
import { ensureLocalInstance, findLocalInstance } from "../../engine/index.js";
import { createProject, migrations, runCli, type CliRun, type TestProject } from "../support/cli.js";
import { createDataRoot, type TestDataRoot } from "../support/data-root.js";

describe("restore and switch, by the command line", function () {
  this.timeout(300_000);
  let root: TestDataRoot;
  let project: TestProject;
  let time: string;
  const holdfast = (...args: string[]): Promise<CliRun> =>
    runCli(args, { cwd: project.root, env: { HOLDFAST_HOME: root.path } });
  const rows = async (query: string, instance = "dev"): Promise<unknown> =>
    ((await holdfast("sql", instance, query, "--json")).json() as { rows: unknown }).rows;
  const write = async (statement: string) => {
    const { exitCode, stderr } = await holdfast("sql", "dev", statement, "--write");
    assert.equal(exitCode, 0, stderr);
  };

  before(async () => {
    root = await createDataRoot();
    project = createProject({
      "Pulumi.yaml": "name: shop\nruntime: nodejs\n",
      "package.json": JSON.stringify({ version: "1.0.0" }),
      ...migrations("CREATE TABLE users (id int PRIMARY KEY);\nCREATE TABLE notes (id int);\n"),
    });
    await ensureLocalInstance({ root: root.path, project: "shop", name: "dev" });
    assert.equal((await holdfast("migrate", "dev")).exitCode, 0);
    await write("INSERT INTO users SELECT generate_series(1, 20)");
    [{ time }] = (await rows("SELECT clock_timestamp()::text AS time")) as [{ time: string }];
    await write("DROP TABLE notes");
    await write("DELETE FROM users WHERE id > 5");
  });
  after(async () => {
    await root.remove();
    project.remove();
  });

  it("goes back to an instant, checks what it made, and tells what the live one has otherwise", async () => {
    const { stdout, stderr, exitCode } = await holdfast("restore", "dev", "--to", time, "--as", "before");
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /^Restored dev as before, beside it: as it was at 20\d\d-/);
    assert.match(stdout, /\n {2}check {5}sound\n/);
    assert.match(stdout, /Since then, in the schema of dev:\n[^]*removed +table public\.notes\n/);
    assert.match(stdout, /\n {2}public\.users +20 +5\n/);
    assert.match(stdout, /\n {2}public\.notes +0 +no such table\n/);
    assert.match(stdout, /take it over +holdfast switch dev --to before\n/);
    assert.deepEqual(await rows("SELECT count(*)::int AS n FROM users", "before"), [{ n: "20" }]);
  });

  it("answers a script with the same", async () => {
    const report = (await holdfast("restore", "dev", "--as", "newest", "--json")).json() as Record<string, unknown>;
    assert.deepEqual([report["instance"], report["from"], report["isEnd"]], ["newest", "dev", false]);
    assert.deepEqual(report["manifest"], { tables: [], isSchemaSame: true });
    assert.equal(typeof report["passwordFile"], "string");
  });

  it("refuses what cannot be meant, with the way", async () => {
    const both = await holdfast("restore", "dev", "--to", "latest", "--before", "0001", "--as", "x");
    assert.equal(both.exitCode, 2);
    assert.match(both.stderr, /--backup, --to and --before exclude each other/);
    const odd = await holdfast("restore", "dev", "--to", "yesterday", "--as", "x");
    assert.equal(odd.exitCode, 2);
    assert.match(odd.stderr, /"yesterday" is no instant/);
    const early = await holdfast("restore", "dev", "--to", "2020-01-01", "--as", "x");
    assert.equal(early.exitCode, 3);
    assert.match(early.stderr, /the earliest instant that can be reached is 20/);
    assert.match((await holdfast("restore", "dev")).stderr, /--as is missing/);
  });

  it("switches, tells the way back, and the next migrate runs what is pending", async () => {
    project.write(
      migrations(
        "CREATE TABLE users (id int PRIMARY KEY);\nCREATE TABLE notes (id int);\n",
        "CREATE TABLE more (id int);\n",
      ),
    );
    const { stdout, stderr, exitCode } = await holdfast("switch", "dev", "--to", "before");
    assert.equal(exitCode, 0, stderr);
    const old = /before {4}(dev-until-\d{8}T\d{4}), stopped/.exec(stdout)?.[1] ?? "";
    assert.match(stdout, new RegExp(`back {6}holdfast switch dev --to ${old}\n`));
    assert.ok(await findLocalInstance({ root: root.path, project: "shop", name: old }));
    const { instances } = JSON.parse((await holdfast("status", old, "--json")).stdout) as {
      instances: readonly { backup: { id: string } | null }[];
    };
    assert.match(instances[0]?.backup?.id ?? "none", /^\d{8}T\d{6}Z-v/, "what stepped aside keeps its backups");
    const migrated = await holdfast("migrate", "dev", "--release", "1.1.0");
    assert.equal(migrated.exitCode, 0, migrated.stderr);
    assert.match(migrated.stdout, /1 migration ran/);
    assert.deepEqual(await rows("SELECT count(*)::int AS n FROM users"), [{ n: "20" }]);
  });
});
