import assert from "node:assert/strict";
import { chmod, chown, readdir, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { LocalInstance } from "../../engine/adapters/local/instance-file.js";
import { ensureLocalInstance } from "../../engine/adapters/local/instances.js";
import { serverUser } from "../../engine/adapters/local/server-user.js";
import { entriesOf, folderOf } from "../support/backups.js";
import { createProject, migrations, runCli, type TestProject } from "../support/cli.js";
import { connectLocal, createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { mountSmallDisk } from "../support/small-disk.js";

const CREATE = "CREATE TABLE users (id int PRIMARY KEY);\nINSERT INTO users SELECT generate_series(1, 50);\n";
const ADD = "ALTER TABLE users ADD COLUMN name text;\n";

/** Tables with their columns, rows of `users`, and the history: none of it may change without a way back. */
const PICTURE = `
  SELECT (SELECT string_agg(format('%s.%s', attrelid::regclass, attname), ' ' ORDER BY attrelid::regclass::text, attnum)
          FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
          WHERE attnum > 0 AND relkind = 'r' AND relnamespace = 'public'::regnamespace) AS columns,
         (SELECT count(*) FROM users) AS users,
         (SELECT string_agg(version || ' ' || state, ' ' ORDER BY version) FROM schema_migrations) AS history`;

describe("a migrate whose backup fails", function () {
  this.timeout(180_000);
  let dataRoot: TestDataRoot;
  let project: TestProject;
  let instance: LocalInstance;
  const migrate = () => runCli(["migrate", "dev"], { cwd: project.root, env: { HOLDFAST_HOME: dataRoot.path } });
  const release = (version: string, ...files: readonly string[]) =>
    project.write({ "package.json": JSON.stringify({ version }), ...migrations(...files) });
  const picture = async () => {
    const client = await connectLocal(instance);
    try {
      return (await client.query<Record<string, string>>(PICTURE)).rows;
    } finally {
      await client.end();
    }
  };

  beforeEach(async () => {
    dataRoot = await createDataRoot();
    project = createProject({ "Pulumi.yaml": "name: shop\nruntime: nodejs\n" });
    instance = await ensureLocalInstance({ root: dataRoot.path, project: "shop", name: "dev" });
    release("1.0.0", CREATE);
    assert.equal((await migrate()).exitCode, 0);
    release("1.1.0", CREATE, ADD);
  });
  afterEach(async () => {
    await dataRoot.remove();
    project.remove();
  });

  /** Exit code 3, nothing changed, nothing half-made; with the cause gone the same command goes through. */
  async function assertStops(message: RegExp, harm: () => Promise<() => unknown>): Promise<void> {
    const before = await picture();
    const undo = await harm();
    try {
      const { exitCode, stderr } = await migrate();
      assert.equal(exitCode, 3, stderr);
      assert.match(stderr, message);
      assert.match(stderr, /\[backup_failed\]/);
      assert.deepEqual(await picture(), before);
      const left = await readdir(folderOf(instance)).catch(() => []);
      assert.deepEqual(
        left.filter((name) => name.startsWith(".")),
        [],
      );
    } finally {
      await undo();
    }
    const { exitCode, stderr, stdout } = await migrate();
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /1 migration ran/);
  }

  it("because the disk of the backups is too full changes nothing", async function () {
    await assertStops(/too full/, () => mountSmallDisk(this, folderOf(instance), 16));
  });

  it("because the backups cannot be written changes nothing", async () => {
    const place = dirname(folderOf(instance));
    await assertStops(/a file stands in the way/, async () => {
      await rm(place, { recursive: true });
      await writeFile(place, "");
      return () => rm(place);
    });
  });

  it("because the archive takes nothing changes nothing", async () => {
    const deny = async () => {
      await chown(instance.walDirectory, 0, 0).catch(() => undefined);
      await chmod(instance.walDirectory, 0o500);
      return async () => {
        const user = serverUser();
        if (user !== undefined) await chown(instance.walDirectory, user.uid, user.gid);
        await chmod(instance.walDirectory, 0o700);
      };
    };
    await assertStops(/could not archive WAL segment/, deny);
    assert.deepEqual(
      (await entriesOf(instance)).map(({ kind }) => kind),
      ["point", "base"],
    );
  });
});
