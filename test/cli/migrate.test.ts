import assert from "node:assert/strict";
import { createProject, migrations, runCli, type CliRun, type TestProject } from "../support/cli.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";

const NINE = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `CREATE TABLE t${n} (id int PRIMARY KEY, name text);\n`);
const EXCUSE = ["--no-backup-because", "a test"];

describe("holdfast migrate", () => {
  let database: TestDatabase;
  let project: TestProject;
  const migrate = (...args: string[]): Promise<CliRun> =>
    runCli(["migrate", "--release", "1.0.0", ...args], { cwd: project.root, env: { DATABASE_URL: database.url } });
  const tables = async (): Promise<string[]> => {
    const client = await database.client();
    const { rows } = await client.query<{ name: string }>(
      "SELECT tablename AS name FROM pg_tables WHERE tablename ~ '^t[0-9]$' ORDER BY 1",
    );
    await client.end();
    return rows.map(({ name }) => name);
  };

  beforeEach(async () => {
    database = await createDatabase();
    project = createProject(migrations(...NINE));
  });
  afterEach(async () => {
    await database.drop();
    project.remove();
  });

  it("runs each pending file once, says so, and has nothing to do the second time", async () => {
    const first = await migrate(...EXCUSE);
    assert.equal(first.exitCode, 0, first.stderr);
    assert.match(first.stdout, /is at schema 0009, release 1\.0\.0: 9 migrations ran\.\n {2}applied +0001_step_1\.sql/);
    const second = await migrate();
    assert.equal(second.exitCode, 0, second.stderr);
    assert.match(second.stdout, /^\S+ is at schema 0009, release 1\.0\.0: nothing to do\.\n$/);
    assert.equal(second.stderr, "");
    assert.equal((await tables()).length, 9);
  });

  it("answers with one JSON document on stdout, progress aside on stderr", async () => {
    const run = await migrate(...EXCUSE, "--json");
    const answer = run.json() as { ok: boolean; ran: { file: string }[]; schemaVersion: string };
    assert.equal(answer.ok, true);
    assert.deepEqual(answer.ran.map(({ file }) => file).slice(0, 2), ["0001_step_1.sql", "0002_step_2.sql"]);
    assert.equal(answer.schemaVersion, "0009");
    assert.match(run.stderr, /applied +0001_step_1\.sql/);
  });

  it("--dry-run and plan show the same steps, and the database stays as it was", async () => {
    const dry = await migrate("--dry-run", "--json");
    const plan = await runCli(["plan", "--release", "1.0.0", "--json"], {
      cwd: project.root,
      env: { DATABASE_URL: database.url },
    });
    assert.equal(dry.exitCode, 0, dry.stderr);
    assert.deepEqual(dry.json(), plan.json());
    const { steps } = dry.json() as { steps: { action: string; file: string; checksum: string }[] };
    assert.equal(steps.length, 9);
    assert.match(steps[0]?.checksum ?? "", /^[0-9a-f]{64}$/);
    const text = await migrate("--dry-run");
    assert.match(text.stdout, /9 steps, after a dump\.\n {2}run +0001_step_1\.sql {2}expand, in one transaction/);
    assert.deepEqual(await tables(), []);
  });

  it("refuses without a backup, unless it is told why: the reason is kept", async () => {
    const refused = await runCli(["migrate", "--release", "1.0.0"], {
      cwd: project.root,
      env: { DATABASE_URL: database.url, PATH: project.root },
    });
    assert.equal(refused.exitCode, 3);
    assert.match(refused.stderr, /cannot be backed up: .* there is no pg_dump on PATH\. \[no_backup\]/);
    assert.match(refused.stderr, /--no-backup-because/);
    assert.deepEqual(await tables(), []);
    assert.equal((await migrate("--no-backup-because", "nightly snapshot at 02:00")).exitCode, 0);
    const kept = await runCli(["sql", "--json", "SELECT DISTINCT no_backup_because FROM schema_migrations"], {
      env: { DATABASE_URL: database.url },
    });
    assert.deepEqual(kept.json(), { rows: [{ no_backup_because: "nightly snapshot at 02:00" }] });
  });

  it("an SQL error in file 7 of 9 is shown at its place, with what stays applied; exit code 1", async () => {
    project.write({
      "migrations/0007_step_7.sql":
        "-- @phase expand\n\nINSERT INTO t1 (id, name) VALUES (1, 'Jane Roe');\nINSERT INTO t1 (id, name)\n  VALUES (1, 'John Doe');\n",
    });
    const { exitCode, stderr, stdout } = await migrate(...EXCUSE);
    assert.equal(exitCode, 1);
    assert.equal(stdout, "");
    assert.match(stderr, /migrations\/0007_step_7\.sql:4:1: duplicate key value violates unique constraint "t1_pkey"/);
    assert.match(stderr, /\[statement_failed, SQLSTATE 23505\]/);
    assert.match(stderr, /^ +4 \| INSERT INTO t1 \(id, name\)$/m);
    assert.match(stderr, /^ +\| \^$/m);
    assert.match(stderr, /kept +applied before it, and stay so: 0001_step_1\.sql, .*0006_step_6\.sql$/m);
    assert.match(stderr, /next +Nothing of this file stayed\. Correct it/);
    assert.doesNotMatch(stderr, /Jane Roe|John Doe|Key \(id\)/, "no row value in a log");
    assert.deepEqual(await tables(), ["t1", "t2", "t3", "t4", "t5", "t6"]);

    const again = await migrate(...EXCUSE, "--json");
    const { ok, error } = again.json() as { ok: boolean; error: Record<string, unknown> };
    assert.equal(ok, false);
    assert.equal(again.exitCode, 1);
    assert.deepEqual(
      [error["code"], error["exitCode"], error["sqlState"], error["line"], error["column"]],
      ["statement_failed", 1, "23505", 4, 1],
    );
    assert.doesNotMatch(again.stdout, /Jane Roe|John Doe|Key \(id\)/);
  });

  it("a server's hint is passed on", async () => {
    project.write({ "migrations/0003_step_3.sql": "SELECT nmae FROM t1;\n" });
    const { stderr, exitCode } = await migrate(...EXCUSE);
    assert.match(stderr, /0003_step_3\.sql:1:8: column "nmae" does not exist/);
    assert.match(stderr, /hint +Perhaps you meant to reference the column "t1\.name"/);
    assert.equal(exitCode, 1);
  });

  it("all faults of a folder are told at once", async () => {
    project.write({
      "migrations/0002_step_2.sql": "-- @phaze expand\nSELECT 1;\n",
      "migrations/0005_step_5.sql": "SELEC 1;\n",
      "migrations/0008_step_8.sql": "DROP TABLE t1;\n",
    });
    const { stderr, exitCode } = await migrate(...EXCUSE);
    assert.match(stderr, /0002_step_2\.sql/);
    assert.match(stderr, /0005_step_5\.sql:1:1: .*syntax error.*\n? *\[sql_syntax, SQLSTATE 42601\]/);
    assert.match(stderr, /0008_step_8\.sql[^]*\[unsafe_statement\]/);
    assert.match(stderr, /3 faults\./);
    assert.equal(exitCode, 2);
    assert.deepEqual(await tables(), []);
  });

  it("needs a release where only an address says which database: package.json may be another project's", async () => {
    project.write({ "package.json": '{"version": "2.0.0"}' });
    const env = { DATABASE_URL: database.url };
    const { exitCode, stderr } = await runCli(["migrate"], { cwd: project.root, env });
    assert.equal(exitCode, 2);
    assert.match(stderr, /The release is not known/);
    assert.match(stderr, /--release 1\.5\.0/);
  });

  it("leaves the mark of the environment alone where only an address says which database", async () => {
    await migrate(...EXCUSE);
    const query = "SELECT count(*) AS marks FROM settings WHERE key = 'holdfast.environment'";
    const { json } = await runCli(["sql", query, "--json"], { env: { DATABASE_URL: database.url } });
    assert.deepEqual(json(), { rows: [{ marks: "0" }] });
  });

  it("takes another folder by --dir, and says which one is missing or empty", async () => {
    const missing = await migrate("--dir", "db/changes");
    assert.match(missing.stderr, /The migrations folder db\/changes does not exist\. \[folder_missing\]/);
    assert.equal(missing.exitCode, 2);
    project.write({ "db/changes/readme.txt": "nothing" });
    const empty = await migrate("--dir", "db/changes");
    assert.match(empty.stderr, /folder db\/changes holds no \.sql file\. \[folder_empty\]/);
    project.write({ "db/changes/0001_create_users.sql": "CREATE TABLE users (id int);\n" });
    assert.match((await migrate("--dir", "db/changes", ...EXCUSE)).stdout, /1 migration ran/);
  });

  it("works from a folder below the project, whose files it names from the project's root", async () => {
    project.write({
      "holdfast.json": '{"instances": {}}',
      "src/deep/x.txt": "",
      "migrations/0002_step_2.sql": "SELEC;",
    });
    const run = await runCli(["migrate", "--release", "1.0.0", ...EXCUSE], {
      cwd: `${project.root}/src/deep`,
      env: { DATABASE_URL: database.url },
    });
    assert.match(run.stderr, /migrations\/0002_step_2\.sql:1:1/);
  });

  it("an older release is no error: it says that the database is ahead, and runs nothing", async () => {
    await migrate(...EXCUSE);
    project.write({ "migrations/0010_step_10.sql": "ALTER TABLE t1 ADD COLUMN more text;\n" });
    const newer = await runCli(["migrate", "--release", "1.1.0", ...EXCUSE], {
      cwd: project.root,
      env: { DATABASE_URL: database.url },
    });
    assert.equal(newer.exitCode, 0, newer.stderr);
    project.write({ "migrations/0010_step_10.sql": null });
    const older = await migrate();
    assert.equal(older.exitCode, 0);
    assert.match(older.stdout, /ahead of release 1\.0\.0/);
  });

  it("an edited, a missing and a late file are refused with the way out, exit code 3", async () => {
    await migrate(...EXCUSE);
    project.write({ "migrations/0002_step_2.sql": "SELECT 2;\n" });
    const edited = await migrate();
    assert.equal(edited.exitCode, 3);
    assert.match(
      edited.stderr,
      /0002_step_2\.sql was changed after it was applied[^]*\[checksum_mismatch\][^]*holdfast accept/,
    );
    project.write({ "migrations/0002_step_2.sql": null });
    const missing = await migrate();
    assert.match(missing.stderr, /\[migration_missing\]/);
    assert.equal(missing.exitCode, 3);
  });
});
