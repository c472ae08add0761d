import assert from "node:assert/strict";
import { createProject, migrations, runCli, type CliRun, type TestProject } from "../support/cli.js";
import { createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { clientPrograms, startPostgres16 } from "../support/other-postgres.js";
import type { TestDatabase, TestServer } from "../support/postgres.js";

const EXPAND = "CREATE TABLE orders (id bigint PRIMARY KEY, note text, legacy text);\n";
const CONTRACT = "-- @phase contract\n-- @closes 0001\nALTER TABLE orders DROP COLUMN legacy;\n";

describe("an instance that is backed up by dumps, at the command line", function () {
  this.timeout(240_000);
  let server: TestServer;
  let programs: string;
  let database: TestDatabase;
  let root: TestDataRoot;
  let project: TestProject;

  before(async () => {
    programs = await clientPrograms(16);
    server = await startPostgres16();
  });
  after(() => server.stop());
  beforeEach(async () => {
    database = await server.createDatabase();
    root = await createDataRoot();
    project = createProject({ ...migrations(EXPAND) });
    configure("1.0.0", {});
  });
  afterEach(async () => {
    await database.drop();
    await root.remove();
    project.remove();
  });

  function configure(version: string, settings: object): void {
    const { host, port, name, user } = database;
    const url = `postgres://${user}@${host}:${port}/${name}`;
    project.write({
      "holdfast.json": JSON.stringify({ instances: { staging: { url, soak: "0", environment: "dev", ...settings } } }),
      "package.json": JSON.stringify({ version }),
    });
  }
  const holdfast = (args: readonly string[]): Promise<CliRun> =>
    runCli(args, {
      cwd: project.root,
      env: {
        HOLDFAST_HOME: root.path,
        PGPASSWORD: database.password,
        PATH: `${programs}:${process.env["PATH"] ?? ""}`,
      },
    });
  const done = async (args: readonly string[]): Promise<CliRun> => {
    const run = await holdfast(args);
    assert.equal(run.exitCode, 0, run.stdout + run.stderr);
    return run;
  };
  const query = async (sql: string): Promise<Record<string, unknown>[]> => {
    const client = await database.client();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  };

  async function approveContract(): Promise<void> {
    project.write(migrations(EXPAND, CONTRACT));
    configure("1.1.0", {});
    const plan = (await done(["plan", "staging", "--json"])).json() as {
      steps: { version: string; checksum: string }[];
    };
    const { checksum } = plan.steps.find(({ version }) => version === "0002") ?? {};
    configure("1.1.0", { approvals: [{ version: "0002", checksum, by: "someone" }] });
  }

  it("is restored beside, and the new database answers to its name", async () => {
    await done(["migrate", "staging"]);
    await query("INSERT INTO orders SELECT n, 'kept' FROM generate_series(1, 40) n");
    await done(["backup", "staging", "--reason", "before the import"]);
    await query("DELETE FROM orders");
    const between = await holdfast(["restore", "staging", "--to", "latest", "--as", "before_import"]);
    assert.equal(between.exitCode, 3, between.stderr);
    assert.match(between.stderr, /are dumps, which lead to no instant in between[^]*holdfast backups staging/);
    const restored = await done(["restore", "staging", "--as", "before_import"]);
    try {
      assert.match(restored.stdout, /manifest +rows and schema as it says[^]*public\.orders +40 +0/);
      assert.match(
        restored.stdout,
        /take it over +as the url of staging in holdfast\.json: "postgres:\/\/\S+\/before_import"/,
      );
      const sql = await done(["sql", "before_import", "SELECT count(*) AS n FROM orders", "--json"]);
      assert.deepEqual(sql.json(), { rows: [{ n: "40" }] });
      const listed = await done(["backups", "staging"]);
      assert.match(
        listed.stdout,
        /staging +\S+ +dump +\S+ \S+ UTC +\S+ \w+ ago +0001 +1\.0\.0 .* never +before the import/,
      );
      assert.match((await done(["status", "staging"])).stdout, /staging +0001 +1\.0\.0/);
    } finally {
      const client = await server.client();
      await client.query("DROP DATABASE before_import WITH (FORCE)");
      await client.end();
    }
  });

  it("runs a contract only after the dump was restored and looked through", async () => {
    await done(["migrate", "staging"]);
    await query("INSERT INTO orders SELECT n, 'kept', 'old' FROM generate_series(1, 40) n");
    await approveContract();
    const { stderr } = await done(["migrate", "staging"]);
    assert.match(stderr, /Backed up as \S+[^]*throw-away[^]*The backup restores/);
    assert.match((await done(["backups", "staging"])).stdout, /ago +before 0002/);
    assert.equal((await query("SELECT FROM information_schema.columns WHERE column_name = 'legacy'")).length, 0);
  });

  it("runs no contract where the dump does not restore", async () => {
    await done(["migrate", "staging"]);
    await query("CREATE EXTENSION vector; ALTER TABLE orders ADD COLUMN place vector(2)");
    await approveContract();
    const { exitCode, stderr } = await holdfast(["migrate", "staging"]);
    assert.equal(exitCode, 3, stderr);
    assert.match(stderr, /drill_failed/);
    assert.equal((await query("SELECT FROM information_schema.columns WHERE column_name = 'legacy'")).length, 1);
  });
});
