import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findLocalInstance, type LocalInstance } from "../../engine/adapters/local/instance-file.js";
import { ensureLocalInstance } from "../../engine/adapters/local/instances.js";
import { createProject, migrations, runCli, type CliRun, type TestProject } from "../support/cli.js";
import { connectLocal, createDataRoot, type TestDataRoot } from "../support/data-root.js";

const FIRST = "CREATE TABLE orders (id bigint PRIMARY KEY);\n";
const SECOND = "CREATE TABLE loans (id bigint PRIMARY KEY);\n";

describe("copies of backups in further places", function () {
  this.timeout(240_000);
  let here: TestDataRoot;
  let elsewhere: TestDataRoot;
  let project: TestProject;
  let place: string;
  let instance: LocalInstance;

  beforeEach(async () => {
    here = await createDataRoot();
    elsewhere = await createDataRoot();
    place = mkdtempSync(join(tmpdir(), "holdfast copies 100%p "));
    project = createProject({
      "Pulumi.yaml": "name: shop\nruntime: nodejs\n",
      "package.json": JSON.stringify({ version: "1.0.0" }),
      ...migrations(FIRST),
    });
    instance = await ensureLocalInstance({ project: "shop", name: "dev", root: here.path });
  });
  afterEach(async () => {
    await here.remove();
    await elsewhere.remove();
    project.remove();
    rmSync(place, { recursive: true, force: true });
  });

  const holdfast = (args: readonly string[], root = here): Promise<CliRun> =>
    runCli(args, { cwd: project.root, env: { HOLDFAST_HOME: root.path } });
  const done = async (args: readonly string[], root = here): Promise<CliRun> => {
    const run = await holdfast(args, root);
    assert.equal(run.exitCode, 0, run.stdout + run.stderr);
    return run;
  };
  const configure = (backupTo: readonly string[]): void =>
    project.write({ "holdfast.json": JSON.stringify({ instances: { dev: { backupTo } } }) });
  const insert = async (from: number, to: number): Promise<void> => {
    const client = await connectLocal(instance);
    await client.query("INSERT INTO orders SELECT n FROM generate_series($1::int, $2::int) n", [from, to]);
    await client.end();
  };
  const ordersIn = async (name: string, root: TestDataRoot): Promise<number> => {
    const restored = await findLocalInstance({ project: "shop", name, root: root.path });
    assert.ok(restored !== undefined);
    const client = await connectLocal(restored);
    const { rows } = await client.query<{ n: string }>("SELECT count(*) AS n FROM orders");
    await client.end();
    return Number(rows[0]?.n);
  };
  const entries = (): string[] =>
    readdirSync(join(place, "shop", "dev"))
      .filter((name) => name !== "wal")
      .sort();

  it("lead back on a machine that has nothing but the place: a base backup, and a restore point with its WAL", async () => {
    configure([place]);
    await done(["migrate", "dev"]);
    await insert(1, 100);
    project.write(migrations(FIRST, SECOND));
    const { stderr } = await done(["migrate", "dev"]);
    assert.match(stderr, /Copied \S+ to .*holdfast copies/);
    await insert(101, 150);
    const listed = await done(["backups", "--from", place], elsewhere);
    assert.match(listed.stdout, /dev +\S+ +point .* ago +0001[^]*dev +\S+ +base .* ago +empty/);
    const restored = await done(["restore", "dev", "--from", place, "--as", "saved"], elsewhere);
    assert.match(restored.stdout, /manifest +rows and schema as it says/);
    assert.equal(await ordersIn("saved", elsewhere), 100);
    const here = await done(["backups", "dev", "--json"]);
    const { instances } = here.json() as { instances: { backups: { places: { place: string }[] }[] }[] };
    assert.deepEqual(
      instances[0]?.backups.map(({ places }) => places.map((copy) => copy.place)),
      [[place], [place]],
    );
  });

  it("are whole or not there: a half copy is no backup, and is made again", async () => {
    await done(["migrate", "dev"]);
    await done(["backup", "dev", "--to", place]);
    const [id = ""] = entries();
    const manifest = join(place, "shop", "dev", id, "manifest.json");
    const text = readFileSync(manifest);
    rmSync(manifest);
    truncateSync(join(place, "shop", "dev", id, "base.tar"), 1000);
    assert.match((await done(["backups", "--from", place])).stdout, /There is no backup in it/);
    writeFileSync(manifest, text);
    const cut = await holdfast(["restore", "dev", "--from", place, "--as", "cut"], elsewhere);
    assert.equal(cut.exitCode, 3);
    assert.match(cut.stderr, /base\.tar was changed after the backup[^]*backups --from/);
    assert.ok(!existsSync(join(elsewhere.path, "shop", "cut")));
    rmSync(manifest);
    await done(["backup", "dev", "--to", place]);
    await done(["restore", "dev", "--from", place, "--as", "again"], elsewhere);
  });

  it("that cannot be made stop a migration before it begins, and the backup here stays", async () => {
    const blocked = join(project.root, "blocked");
    writeFileSync(blocked, "a file stands in the way");
    configure([place, blocked]);
    const { exitCode, stderr } = await holdfast(["migrate", "dev"]);
    assert.equal(exitCode, 3, stderr);
    assert.match(
      stderr,
      /The copy in .*blocked failed: a file stands in the way[^]*is kept on this machine; .*blocked has no copy/,
    );
    const client = await connectLocal(instance);
    const { rows } = await client.query<{ made: string | null }>("SELECT to_regclass('orders') AS made");
    await client.end();
    assert.equal(rows[0]?.made, null);
    assert.equal(entries().length, 1);
    assert.match((await done(["backups", "dev"])).stdout, /before 0001/);
  });

  it("are refused where the place is of no use, before anything is done", async () => {
    for (const [to, said] of [
      ["region:eu-west-1", /no place for these backups/],
      ["s3://key:secret@bucket/a", /holds a credential/],
      ["ftp://there", /of a kind that is not known/],
    ] as const) {
      const { exitCode, stderr } = await holdfast(["backup", "dev", "--to", to]);
      assert.equal(exitCode, 2, stderr);
      assert.match(stderr, said);
      assert.doesNotMatch(stderr, /secret/);
    }
    assert.match(
      (await holdfast(["restore", "dev", "--from", place, "--as", "x"], elsewhere)).stderr,
      /It has no backups/,
    );
  });
});
