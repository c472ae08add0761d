import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { LocalDatabase, SchemaMigrations, type DatabaseConnection } from "../../components/index.js";
import { findLocalInstance } from "../../engine/adapters/local/instance-file.js";
import { ensureBuilt } from "../support/build.js";
import { connectLocal, createDataRoot } from "../support/data-root.js";
import { inFolder } from "../support/in-folder.js";
import { createDatabase } from "../support/postgres.js";
import { createStackHarness } from "../support/pulumi.js";

const run = promisify(execFile);
const CLI = join(__dirname, "..", "..", "dist", "cli", "main.js");

describe("many deploys of one database at once", function () {
  this.timeout(300_000);
  before(() => ensureBuilt());

  it("twenty `holdfast migrate`: all end well, and each file ran once", async () => {
    const folder = mkdtempSync(join(tmpdir(), "holdfast-many-"));
    const database = await createDatabase();
    try {
      // Each file doubles the rows, so a second run of any would show.
      writeFileSync(
        join(folder, "0001_create_probes.sql"),
        "CREATE TABLE probes (n integer);\nINSERT INTO probes VALUES (1);\n",
      );
      for (const version of ["0002", "0003", "0004"]) {
        writeFileSync(join(folder, `${version}_double_probes.sql`), "INSERT INTO probes SELECT n FROM probes;\n");
      }
      writeFileSync(join(folder, "0005_index_probes.sql"), "CREATE INDEX CONCURRENTLY probes_n_idx ON probes (n);\n");
      const args = ["migrate", "--dir", folder, "--release", "1.0.0", "--no-backup-because", "a test", "--json"];
      const env = { ...process.env, DATABASE_URL: database.url };
      const runs = await Promise.all(Array.from({ length: 20 }, () => run(process.execPath, [CLI, ...args], { env })));
      const ran = runs.flatMap(({ stdout }) => (JSON.parse(stdout) as { ran: { version: string }[] }).ran);
      assert.deepEqual(ran.map(({ version }) => version).sort(), ["0001", "0002", "0003", "0004", "0005"]);
      const client = await database.client();
      const { rows } = await client.query<{ rows: number; locks: number }>(
        "SELECT (SELECT count(*)::int FROM probes) AS rows, (SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory') AS locks",
      );
      assert.deepEqual(rows, [{ rows: 8, locks: 0 }]);
      await client.end();
    } finally {
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("two stacks of one environment on one database: one works, the other finds nothing to do", async () => {
    const dataRoot = await createDataRoot();
    const harness = await createStackHarness({ env: { HOLDFAST_HOME: dataRoot.path } });
    try {
      const owner = await harness.createStack({
        project: "shared",
        stack: "one",
        program: () => Promise.resolve({ connection: new LocalDatabase("database").connection }),
      });
      const { outputs } = await owner.up();
      const connection = outputs["connection"] as DatabaseConnection;
      const migrations = () =>
        new SchemaMigrations("migrations", { connection, release: "1.4.0", environment: "dev", soakSeconds: 0 });
      const both = [
        await harness.createStack({
          project: "shared",
          stack: "one",
          program: () => {
            new LocalDatabase("database");
            return Promise.resolve({ ran: migrations().ran });
          },
        }),
        await harness.createStack({
          project: "shared",
          stack: "two",
          program: () => Promise.resolve({ ran: migrations().ran }),
        }),
      ];
      const reports = await inFolder(harness.home.workDirectory, () => Promise.all(both.map((stack) => stack.up())));
      const ran = reports.map((report) => report.outputs["ran"] as string[]);
      assert.deepEqual(
        ran.map(({ length }) => length).sort((a, b) => a - b),
        [0, 23],
      );
      const client = await connectLocal(
        (await findLocalInstance({ project: "shared", name: "one", root: dataRoot.path }))!,
      );
      const { rows } = await client.query(
        "SELECT count(*)::int AS applied FROM schema_migrations WHERE state = 'applied'",
      );
      assert.deepEqual(rows, [{ applied: 23 }]);
      await client.end();
    } finally {
      harness.remove();
      await dataRoot.remove();
    }
  });
});
