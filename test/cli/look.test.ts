import assert from "node:assert/strict";
import { createProject, migrations, runCli, type CliRun, type TestProject } from "../support/cli.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";

const EXCUSE = ["--no-backup-because", "a test"];
const FILES = migrations(
  "CREATE TABLE users (id int PRIMARY KEY, name text);\n\n-- @verify\nSELECT count(*) = 1 FROM pg_tables WHERE tablename = 'users';\n",
  "CREATE TABLE orders (id serial PRIMARY KEY, user_id int);\nCREATE INDEX orders_user ON orders (user_id);\n",
);

describe("commands that look", () => {
  let database: TestDatabase;
  let project: TestProject;
  const holdfast = (...args: string[]): Promise<CliRun> =>
    runCli(args, { cwd: project.root, env: { DATABASE_URL: database.url } });
  const run = async (sql: string): Promise<void> => {
    const client = await database.client();
    await client.query(sql);
    await client.end();
  };
  interface Findings {
    findings: { about: string; level: string; subject: string; message: string; next: string }[];
  }
  const findings = async (): Promise<[number | null, Findings["findings"]]> => {
    const { exitCode, json } = await holdfast("check", "--json");
    return [exitCode, (json() as Findings).findings];
  };

  beforeEach(async () => {
    database = await createDatabase();
    project = createProject(FILES);
    const deployed = await holdfast("migrate", "--release", "1.0.0", ...EXCUSE);
    assert.equal(deployed.exitCode, 0, deployed.stderr);
  });
  afterEach(async () => {
    await database.drop();
    project.remove();
  });

  it("status: schema, release, what is pending, and drift by name", async () => {
    project.write({ "migrations/0003_add.sql": "ALTER TABLE users ADD COLUMN mail text;\n" });
    await run("ALTER TABLE orders ADD COLUMN note text");
    const { stdout, exitCode } = await holdfast("status");
    assert.equal(exitCode, 0);
    assert.match(stdout, /^instance +schema +release +pending +held +last backup +restore proven +drift$/m);
    assert.match(stdout, / 0002 +1\.0\.0 +1 +0 +none +never +1 object$/m);
    assert.match(stdout, /pending +0003_add\.sql/);
    assert.match(stdout, /drift +column public\.orders\.note was added/);
    const [status] = ((await holdfast("status", "--json")).json() as { instances: Record<string, unknown>[] })
      .instances;
    assert.deepEqual(
      [status?.["schemaVersion"], status?.["release"], status?.["pending"]],
      ["0002", "1.0.0", ["0003_add.sql"]],
    );
  });

  it("status of all: one that cannot be reached is a line of the table, and the exit code says so", async () => {
    const url = `postgres://${database.user}@${database.host}:${database.port}/${database.name}`;
    const instances = { good: { url }, gone: { url: "postgres://x@127.0.0.1:1/x" } };
    project.write({ "holdfast.json": JSON.stringify({ instances }) });
    const { stdout, exitCode } = await runCli(["status"], {
      cwd: project.root,
      env: { PGPASSWORD: database.password },
    });
    assert.match(stdout, /^good +0002 +1\.0\.0/m);
    assert.match(stdout, /^gone +\? +\?/m);
    assert.match(stdout, /gone: Could not connect: nobody listens/);
    assert.equal(exitCode, 4);
  });

  it("status tells of a folder that cannot be read beside the rest", async () => {
    const { stdout, exitCode } = await holdfast("status", "--dir", "nowhere");
    assert.match(stdout, / 0002 +1\.0\.0 +\? /);
    assert.match(stdout, /folder nowhere does not exist/);
    assert.equal(exitCode, 0);
  });

  it("check: a sound database is sound, by everything that was compared", async () => {
    const { stdout, exitCode } = await holdfast("check");
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /: sound$/m);
    assert.match(stdout, /verified +1 query/);
    assert.match(stdout, /compared +\d+ objects/);
    assert.deepEqual(await findings(), [0, []]);
  });

  it("check finds an edited file", async () => {
    project.write({ "migrations/0002_step_2.sql": "SELECT 1;\n" });
    const [exitCode, [finding]] = await findings();
    assert.equal(exitCode, 3);
    assert.equal(finding?.about, "set");
    assert.match(finding?.message ?? "", /0002_step_2\.sql was changed/);
    assert.match((await holdfast("check")).stdout, /1 fault \[check_failed\]/);
  });

  it("check finds what someone changed by hand, object by object", async () => {
    await run(
      "ALTER TABLE users ALTER COLUMN name SET DEFAULT 'x'; DROP INDEX orders_user; CREATE VIEW v AS SELECT 1 AS one",
    );
    const [exitCode, found] = await findings();
    assert.equal(exitCode, 3);
    const drift = found.filter(({ about }) => about === "drift").map(({ message }) => message);
    assert.ok(
      drift.some((message) => /column public\.users\.name was changed/.test(message)),
      drift.join("\n"),
    );
    assert.ok(
      drift.some((message) => /orders_user was removed/.test(message)),
      drift.join("\n"),
    );
    assert.ok(
      drift.some((message) => /view public\.v was added/.test(message)),
      drift.join("\n"),
    );
  });

  it("check finds a @verify query that is no longer true, with its place", async () => {
    await run("ALTER TABLE users RENAME TO people");
    const [exitCode, found] = await findings();
    assert.equal(exitCode, 3);
    const verify = found.find(({ about }) => about === "verify");
    assert.equal(verify?.subject, "0001_step_1.sql:4");
    assert.match(verify?.message ?? "", /gave false/);
  });

  it("check finds an invalid index, an unvalidated constraint and a sequence near its end", async () => {
    await run(`UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'orders_user'::regclass;
      ALTER TABLE orders ADD CONSTRAINT positive CHECK (id > 0) NOT VALID;
      SELECT setval('orders_id_seq', 2100000000)`);
    const [exitCode, found] = await findings();
    assert.equal(exitCode, 3);
    const told = found.filter(({ about }) => about !== "drift").map(({ level, message }) => `${level}: ${message}`);
    assert.ok(
      told.some((line) => line.startsWith("fault: Index public.orders_user of public.orders is not valid")),
      told.join("\n"),
    );
    assert.ok(
      told.some((line) => line.startsWith("warning: Constraint positive on orders holds for new rows only")),
      told.join("\n"),
    );
    assert.ok(
      told.some((line) => line.startsWith("fault: Sequence public.orders_id_seq has used 97.8 %")),
      told.join("\n"),
    );
  });

  it("check does not hold a later contract against the query of the expand it completes", async () => {
    project.write({
      "migrations/0003_add.sql":
        "CREATE TABLE helper (id int);\n-- @verify\nSELECT count(*) = 1 FROM pg_tables WHERE tablename = 'helper';\n",
      "migrations/0004_drop.sql": "-- @phase contract\n-- @closes 0003\nDROP TABLE helper;\n",
    });
    // Baselined, so that a database without a backup has the contract behind it.
    await run("CREATE TABLE helper (id int)");
    const marked = await holdfast("baseline", "--version", "4", "--release", "1.1.0");
    assert.match(marked.stdout, /2 files marked as applied, 2 were in its history before/);
    await run("DROP TABLE helper");
    const report = (await holdfast("check", "--json")).json() as Findings & { superseded: string[] };
    assert.deepEqual(report.superseded, ["0003_add.sql:3"]);
    assert.deepEqual(
      report.findings.filter(({ about }) => about === "verify"),
      [],
    );
  });

  it("info: server, size, tables, extensions, settings", async () => {
    const { stdout, exitCode } = await holdfast("info");
    assert.equal(exitCode, 0);
    assert.match(stdout, /server +PostgreSQL 18\.\d/);
    assert.match(stdout, /database +t\d+_\d+, [\d.]+ MiB, UTF8/);
    assert.match(stdout, /public\.users +not analysed/);
    assert.match(stdout, /deadlock_timeout +1s/);
    const info = (await holdfast("info", "--json")).json() as {
      tables: { name: string }[];
      extensions: { name: string }[];
    };
    assert.ok(info.tables.some(({ name }) => name === "public.orders"));
    assert.deepEqual(
      info.extensions.map(({ name }) => name),
      ["plpgsql"],
    );
  });

  it("sql: reads, and changes nothing unless --write says so; not even by its first statement", async () => {
    assert.match((await holdfast("sql", "SELECT 1 AS a, NULL AS b")).stdout, /^a +b\n1 +NULL\n\(1 row\)\n$/);
    assert.match((await holdfast("sql", "SELECT 1 WHERE false")).stdout, /^\(no rows\)\n$/);
    for (const statement of ["INSERT INTO users VALUES (1)", "SELECT setval('orders_id_seq', 7)", "DROP TABLE users"]) {
      const { exitCode, stderr } = await holdfast("sql", statement);
      assert.match(stderr, /in a read-only transaction\. \[read_only, SQLSTATE 25006\][^]*--write/);
      assert.equal(exitCode, 3);
    }
    assert.equal((await holdfast("sql", "--write", "INSERT INTO users VALUES (1)")).exitCode, 0);
    const name = `${database.name}_made`;
    assert.equal((await holdfast("sql", "--write", `CREATE DATABASE ${name}`)).exitCode, 0, "outside a transaction");
    assert.equal((await holdfast("sql", "--write", `DROP DATABASE ${name}`)).exitCode, 0);
    const fromInput = await runCli(["sql", "--json"], {
      env: { DATABASE_URL: database.url },
      input: "SELECT count(*) FROM users",
    });
    assert.deepEqual(fromInput.json(), { rows: [{ count: "1" }] });
  });

  it("sql passes the server's words on, with its exit code", async () => {
    const { exitCode, stderr } = await holdfast("sql", "SELECT nmae FROM users");
    assert.equal(exitCode, 1);
    assert.match(stderr, /column "nmae" does not exist\. \[statement_failed, SQLSTATE 42703\]\n +hint +Perhaps/);
  });
});

describe("baseline and accept", () => {
  let database: TestDatabase;
  let project: TestProject;
  const holdfast = (...args: string[]): Promise<CliRun> =>
    runCli(args, { cwd: project.root, env: { DATABASE_URL: database.url } });
  const deploy = () => holdfast("migrate", "--release", "1.0.0", ...EXCUSE);

  beforeEach(async () => {
    database = await createDatabase();
    project = createProject(FILES);
  });
  afterEach(async () => {
    await database.drop();
    project.remove();
  });

  it("a database with tables and no history is refused, and the way it names works", async () => {
    const client = await database.client();
    await client.query("CREATE TABLE users (id int PRIMARY KEY, name text)");
    await client.end();
    const refused = await deploy();
    assert.equal(refused.exitCode, 3);
    assert.match(
      refused.stderr,
      /has tables \(public\.users\), but Holdfast has never run here\. \[history_without_tables\]/,
    );
    assert.match(refused.stderr, /holdfast baseline <instance> --version/);
    const unknown = await holdfast("baseline", "--version", "0009", "--release", "1.0.0");
    assert.equal(unknown.exitCode, 2);
    assert.match(unknown.stderr, /The folder has no migration 0009[^]*0001, 0002/);
    const marked = await holdfast("baseline", "--version", "0001", "--release", "1.0.0");
    assert.equal(marked.exitCode, 0, marked.stderr);
    assert.match(marked.stdout, /1 file marked as applied/);
    const rest = await deploy();
    assert.match(rest.stdout, /1 migration ran\.\n {2}applied +0002_step_2\.sql/);
    const again = await holdfast("baseline", "--version", "0002", "--release", "1.0.0", "--json");
    assert.deepEqual((again.json() as { marked: string[] }).marked, []);
  });

  it("accept records a repaired comment, and refuses another statement", async () => {
    await deploy();
    const text = FILES["migrations/0002_step_2.sql"] ?? "";
    project.write({ "migrations/0002_step_2.sql": `-- what orders are for\n${text}` });
    assert.equal((await deploy()).exitCode, 3);
    const accepted = await holdfast("accept", "2", "--reason", "a comment");
    assert.equal(accepted.exitCode, 0, accepted.stderr);
    assert.match(accepted.stdout, /0002_step_2\.sql is accepted/);
    assert.match((await holdfast("accept", "0002", "--reason", "again")).stdout, /nothing to accept/);
    assert.equal((await deploy()).exitCode, 0);
    project.write({ "migrations/0002_step_2.sql": text.replace("user_id int", "user_id bigint") });
    const refused = await holdfast("accept", "0002", "--reason", "no");
    assert.equal(refused.exitCode, 3);
    assert.match(refused.stderr, /its statements are no longer those that ran\. \[accept_refused\]/);
    assert.equal((await holdfast("accept", "0007", "--reason", "x")).exitCode, 2);
  });

  it("new writes the next number, which is refused until it is filled in", async () => {
    const written = await holdfast("new", "add users mail");
    assert.match(written.stdout, /Wrote migrations\/0003_add_users_mail\.sql/);
    const { exitCode, stderr } = await deploy();
    assert.match(stderr, /0003_add_users_mail\.sql/);
    assert.equal(exitCode, 2);
    const contract = (await holdfast("new", "drop users mail", "--phase", "contract", "--json")).json() as {
      name: string;
    };
    assert.equal(contract.name, "0004_drop_users_mail.sql");
  });
});
