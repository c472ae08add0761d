import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { takeFingerprint } from "../../../engine/steps/take-fingerprint.js";
import { createProject, runCli, type CliRun, type TestProject } from "../../support/cli.js";
import { clientPrograms } from "../../support/other-postgres.js";
import { deploy, openSession } from "../../support/engine.js";
import { createDatabase, type TestDatabase } from "../../support/postgres.js";

const RICH = readFileSync(join(__dirname, "rich-schema.sql"), "utf8");
const NAME = "0001_baseline_schema.sql";

describe("holdfast baseline --schema", function () {
  this.timeout(180_000);
  let binaries: string;
  let database: TestDatabase;
  let project: TestProject;

  before(async () => {
    binaries = await clientPrograms(18);
  });
  beforeEach(async () => {
    database = await createDatabase();
    project = createProject();
    const client = await database.client();
    await client.query(RICH);
    await client.end();
  });
  afterEach(async () => {
    await database.drop();
    project.remove();
  });

  const holdfast = (args: readonly string[], path = `${binaries}:${process.env["PATH"] ?? ""}`): Promise<CliRun> =>
    runCli([...args, "--release", "1.0.0"], { cwd: project.root, env: { DATABASE_URL: database.url, PATH: path } });
  const baseline = (path?: string): Promise<CliRun> => holdfast(["baseline", "--schema"], path);
  const text = (): string => readFileSync(join(project.root, "migrations", NAME), "utf8");
  /** A pg_dump that says it is of that version. */
  const fake = (version: number): string => {
    const folder = join(project.root, `bin-${version}`);
    mkdirSync(folder);
    writeFileSync(join(folder, "pg_dump"), `#!/bin/sh\necho "pg_dump (PostgreSQL) ${version}.1"\n`);
    chmodSync(join(folder, "pg_dump"), 0o755);
    return folder;
  };

  it("writes a file that gives an empty database the same schema, and marks it as applied", async () => {
    const { stdout, stderr, exitCode } = await baseline();
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /Wrote migrations\/0001_baseline_schema\.sql\.\n.*: 1 file marked as applied/);
    assert.doesNotMatch(text(), /^\\(?:un)?restrict \w{20}|^SET (?!check_function_bodies)|set_config|OWNER TO|^GRANT/m);
    const plan = await holdfast(["plan"]);
    assert.doesNotMatch(plan.stdout, /baseline_schema/, plan.stdout + plan.stderr);
    const check = await holdfast(["check"]);
    assert.equal(check.exitCode, 0, check.stdout + check.stderr);
    const copy = await createDatabase();
    try {
      await deploy(copy, { [NAME]: text() }, { connection: { ownerRole: copy.user } });
      assert.deepEqual(await fingerprintOf(copy), await fingerprintOf(database));
    } finally {
      await copy.drop();
    }
  });

  it("lets the next file run behind it", async () => {
    await baseline();
    project.write({ "migrations/0002_add_zebra_name.sql": "ALTER TABLE zebra ADD COLUMN name text;\n" });
    const { stdout, stderr, exitCode } = await holdfast(["migrate", "--no-backup-because", "a test"]);
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /1 migration ran/);
  });

  it("takes a pg_dump further behind on PATH, where the first is too old", async () => {
    const { exitCode, stderr } = await baseline(`${fake(13)}:${binaries}:${process.env["PATH"] ?? ""}`);
    assert.equal(exitCode, 0, stderr);
  });

  it("is refused where no pg_dump fits, with the versions, and nothing is written or marked", async () => {
    const none = await baseline(project.root);
    assert.equal(none.exitCode, 3);
    assert.match(none.stderr, /there is no pg_dump on PATH[^]*postgresql-client-18/);
    const old = await baseline(`${fake(14)}:${project.root}`);
    assert.equal(old.exitCode, 3);
    assert.match(old.stderr, /the server is PostgreSQL 18, and .*bin-14\/pg_dump is of version 14/);
    assert.ok(!readdirSync(project.root).includes("migrations"));
    const client = await database.client();
    const { rows } = await client.query<{ made: string | null }>("SELECT to_regnamespace('holdfast') AS made");
    assert.equal(rows[0]?.made, null);
    await client.end();
  });

  it("is refused where the folder holds files, the database a history, or neither has anything", async () => {
    project.write({ "migrations/0001_create_a.sql": "CREATE TABLE a (id int);" });
    assert.match((await baseline()).stderr, /migrations holds 0001_create_a\.sql already/);
    project.write({ "migrations/0001_create_a.sql": null });
    assert.equal((await baseline()).exitCode, 0);
    project.write({ [`migrations/${NAME}`]: null });
    assert.match((await baseline()).stderr, /is at 0001 already/);
    await database.drop();
    database = await createDatabase();
    assert.match((await baseline()).stderr, /holds no schema that could be written/);
  });

  it("says what is missing, and what excludes each other", async () => {
    assert.match((await holdfast(["baseline"])).stderr, /--version is missing/);
    assert.match((await holdfast(["baseline", "--schema", "--version", "1"])).stderr, /exclude each other/);
  });
});

async function fingerprintOf(database: TestDatabase): Promise<object> {
  const session = await openSession(database, { ownerRole: database.user });
  try {
    return (await takeFingerprint(session)).objects;
  } finally {
    await session.close();
  }
}
