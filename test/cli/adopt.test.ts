import assert from "node:assert/strict";
import { createProject, runCli, type CliRun, type TestProject } from "../support/cli.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";

const EXCUSE = ["--no-backup-because", "a test"];
const HISTORY =
  "CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY); INSERT INTO schema_migrations VALUES ('20240131120000')";

describe("holdfast adopt", () => {
  let database: TestDatabase;
  let project: TestProject;

  beforeEach(async () => {
    database = await createDatabase();
    project = createProject({
      "db/20240131120000_create_a.sql": "-- migrate:up\nCREATE TABLE a (id int);\n-- migrate:down\nDROP TABLE a;\n",
      "db/20240201120000_create_b.sql": "-- migrate:up\nCREATE TABLE b (id int);\n-- migrate:down\nDROP TABLE b;\n",
      "package.json": '{"version": "1.0.0"}',
    });
    const client = await database.client();
    await client.query(`CREATE TABLE a (id int); ${HISTORY}`);
    await client.end();
  });
  afterEach(async () => {
    await database.drop();
    project.remove();
  });

  const holdfast = (...args: string[]): Promise<CliRun> =>
    runCli(args, { cwd: project.root, env: { DATABASE_URL: database.url } });
  const adopt = (...args: string[]): Promise<CliRun> =>
    holdfast("adopt", "--from", "dbmate", "--dir", "db", "--release", "1.0.0", ...args);
  const write = (name: string, text: string): void => project.write({ [name]: text });

  it("says what was marked, what is next, and the setting by which every command reads the folder", async () => {
    const { stdout, stderr, exitCode } = await adopt();
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /: 1 file marked as applied\. public\.schema_migrations is as it was\.\n/);
    assert.match(stdout, /holdfast\.json: \{"directory":"db","format":"dbmate"\}\n/);
    assert.match(stdout, /Next: holdfast plan \(20240201120000_create_b\.sql is the next to run\)/);
    write("holdfast.json", '{"directory": "db", "format": "dbmate"}');
    const plan = await holdfast("plan", "--release", "1.0.0");
    assert.match(plan.stdout, /20240201120000_create_b\.sql/, plan.stderr);
    assert.doesNotMatch(plan.stdout, /create_a/);
    const migrated = await holdfast("migrate", "--release", "1.0.0", ...EXCUSE);
    assert.match(migrated.stdout, /1 migration ran/, migrated.stderr);
    const check = await holdfast("check", "--release", "1.0.0");
    assert.equal(check.exitCode, 0, check.stdout + check.stderr);
    const status = (await holdfast("status", "--json")).json() as { instances: { pending: string[] }[] };
    assert.deepEqual(status.instances[0]?.pending, []);
  });

  it("gives the same as JSON", async () => {
    const report = (await adopt("--json")).json() as Record<string, unknown>;
    assert.deepEqual(report["marked"], ["20240131120000_create_a.sql"]);
    assert.deepEqual(report["pending"], ["20240201120000_create_b.sql"]);
    assert.equal(report["table"], "public.schema_migrations");
  });

  it("is named where a migrate is refused because of the tool's table", async () => {
    write("holdfast.json", '{"directory": "db", "format": "dbmate"}');
    const refused = await holdfast("migrate", "--release", "1.0.0", ...EXCUSE);
    assert.equal(refused.exitCode, 3);
    assert.match(refused.stderr, /belongs to dbmate or Rails[^]*holdfast adopt <instance> --from <tool>/);
  });

  it("asks which tool, and knows what a misspelt one means", async () => {
    const none = await holdfast("adopt", "--dir", "db", "--release", "1.0.0");
    assert.equal(none.exitCode, 2);
    assert.match(none.stderr, /--from is missing[^]*dbmate, flyway, golang-migrate, node-pg-migrate, prisma/);
    const wrong = await holdfast("adopt", "--from", "fliway", "--dir", "db", "--release", "1.0.0");
    assert.match(wrong.stderr, /Did you mean flyway\?/);
  });

  it("is refused where the table is not there, is another tool's, or empty", async () => {
    const other = await holdfast("adopt", "--from", "golang-migrate", "--dir", "db", "--release", "1.0.0");
    assert.match(other.stderr, /folder db holds no migration as golang-migrate names them/);
    const elsewhere = await adopt("--table", "audit.versions");
    assert.equal(elsewhere.exitCode, 3);
    assert.match(elsewhere.stderr, /There is no table audit\.versions as dbmate keeps one/);
    const client = await database.client();
    await client.query("TRUNCATE schema_migrations");
    await client.end();
    assert.match((await adopt()).stderr, /public\.schema_migrations is empty: dbmate has applied nothing here/);
  });

  it("does not write a file of Holdfast's own into another tool's folder", async () => {
    write("holdfast.json", '{"directory": "db", "format": "dbmate"}');
    const { stderr, exitCode } = await holdfast("new", "add c");
    assert.equal(exitCode, 2);
    assert.match(stderr, /The folder keeps the format of dbmate/);
  });

  it("a format that nobody has is refused in holdfast.json", async () => {
    write(
      "holdfast.json",
      '{"format": "liquibase", "instances": {"x": {"url": "postgres://a@b/c", "format": "rails"}}}',
    );
    const { stderr, exitCode } = await holdfast("status");
    assert.equal(exitCode, 2);
    assert.match(stderr, /format cannot be read[^]*one of holdfast, dbmate, flyway/);
    assert.match(stderr, /instances\.x\.format cannot be read/);
  });
});
