import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createProject, migrations, runCli, type TestProject } from "../support/cli.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";

const EXCUSE = ["--no-backup-because", "a test"];

describe("which database a command works on", () => {
  let database: TestDatabase;
  let project: TestProject;
  let passwordFile: string;

  before(async () => {
    database = await createDatabase();
  });
  after(() => database.drop());
  beforeEach(() => {
    project = createProject({ ...migrations("CREATE TABLE t1 (id int);\n"), "package.json": '{"version": "1.0.0"}' });
    passwordFile = join(project.root, "pgpass");
    writeFileSync(passwordFile, `*:*:*:postgres:${database.password}\n`, { mode: 0o600 });
  });
  afterEach(() => project.remove());

  const address = (): string => `postgres://${database.user}@${database.host}:${database.port}/${database.name}`;
  const list = (instances: object, more: object = {}): void =>
    project.write({ "holdfast.json": JSON.stringify({ ...more, instances }) });
  const ask = (args: readonly string[], env: Record<string, string> = {}) =>
    runCli(args, { cwd: project.root, env: { PGPASSFILE: passwordFile, ...env } });
  const WHICH = ["SELECT current_database() AS name", "--json"];
  const is = (run: { json(): unknown; stderr: string }): void =>
    assert.deepEqual(run.json(), { rows: [{ name: database.name }] }, run.stderr);

  it("--url, with the password from PGPASSFILE or PGPASSWORD", async () => {
    is(await ask(["sql", "--url", address(), ...WHICH]));
    is(await runCli(["sql", "--url", address(), ...WHICH], { env: { PGPASSWORD: database.password } }));
  });

  it("DATABASE_URL, with the password in it, where no instance is named", async () => {
    is(await runCli(["sql", ...WHICH], { env: { DATABASE_URL: database.url } }));
  });

  it("an entry of holdfast.json by its name, even where DATABASE_URL says otherwise", async () => {
    list({ staging: { url: address() } });
    is(await ask(["sql", "staging", ...WHICH], { DATABASE_URL: "postgres://nobody@localhost:1/nothing" }));
  });

  it("never a guess: an unknown name is answered with the known ones", async () => {
    list({ staging: { url: address() }, prod: { url: address() } });
    const { stderr, exitCode } = await ask(["check", "stagin"]);
    assert.match(
      stderr,
      /There is no instance "stagin"\. \[unknown_instance\]\n +next +Did you mean staging\? Known here: prod, staging/,
    );
    assert.equal(exitCode, 2);
    const none = await ask(["check"]);
    assert.match(
      none.stderr,
      /No instance is named\.[^]*Known here: prod, staging\. Or give --url, or set DATABASE_URL/,
    );
    assert.equal(none.exitCode, 2);
  });

  it("the wrong folder: says that it is no project, and where to go", async () => {
    const { stderr, exitCode } = await runCli(["migrate", "dev"]);
    assert.match(stderr, /There is no instance "dev"/);
    assert.match(
      stderr,
      /has neither Pulumi\.yaml nor holdfast\.json: run it in the project's folder, or npm start first/,
    );
    assert.equal(exitCode, 2);
  });

  it("an instance and --url at once is refused", async () => {
    const { stderr, exitCode } = await ask(["plan", "staging", "--url", address()]);
    assert.match(stderr, /a word too many: "staging"/);
    assert.equal(exitCode, 2);
  });

  it("a password in --url is refused before anything is tried, and not repeated", async () => {
    const { stderr, stdout, exitCode } = await ask(["sql", "--url", database.url, "SELECT 1", "--json"]);
    assert.equal(exitCode, 2);
    assert.match(
      stderr,
      /The password in --url is refused: every user of this machine can read it in the process list/,
    );
    assert.doesNotMatch(stderr + stdout, new RegExp(database.password));
  });

  it("a password in holdfast.json is refused: the file is shared", async () => {
    list({ staging: { url: database.url } });
    const { stderr, exitCode } = await ask(["check", "staging"]);
    assert.equal(exitCode, 2);
    assert.match(stderr, /The password in instances\.staging\.url in .*holdfast\.json is refused: files are shared/);
    assert.doesNotMatch(stderr, new RegExp(database.password));
  });

  it("holdfast.json is read strictly, all faults at once", async () => {
    list(
      { a: { urll: "x", soak: "a week", retention: "12 h", approvals: [{ version: "1" }] }, b: 7 },
      { directories: "m" },
    );
    const { stderr, exitCode } = await ask(["status"]);
    assert.equal(exitCode, 2);
    assert.match(stderr, /directories is no setting/);
    assert.match(stderr, /instances\.a\.urll is no setting[^]*Did you mean url\?/);
    assert.match(stderr, /instances\.a\.soak cannot be read[^]*"7 days"/);
    assert.match(stderr, /instances\.a\.approvals cannot be read/);
    assert.match(stderr, /instances\.b is no object/);
    assert.match(stderr, /instances\.a\.retention cannot be read[^]*at least a day/);
    assert.match(stderr, /6 faults\./);
    project.write({ "holdfast.json": "{" });
    assert.match((await ask(["status"])).stderr, /holdfast\.json is not a JSON object[^]*\[invalid_config\]/);
  });

  it("an entry's folder, environment and schema count; its environment is checked against the database's mark", async () => {
    project.write({ "db/0001_create_t.sql": "CREATE TABLE t2 (id int);\n" });
    list({ blue: { url: address(), directory: "db", environment: "staging" } });
    const first = await ask(["migrate", "blue", ...EXCUSE]);
    assert.equal(first.exitCode, 0, first.stderr);
    list({ prod: { url: address(), directory: "db" } });
    const second = await ask(["migrate", "prod", ...EXCUSE]);
    assert.equal(second.exitCode, 3);
    assert.match(second.stderr, /belongs to environment staging, and this deploy is for prod\. \[wrong_environment\]/);
  });
});

describe("a database that cannot be reached", () => {
  let database: TestDatabase;
  before(async () => {
    database = await createDatabase();
  });
  after(() => database.drop());

  const FAILURES: readonly [string, (at: TestDatabase) => string, RegExp][] = [
    [
      "nobody listens",
      ({ user }) => `postgres://${user}@127.0.0.1:1/x`,
      /nobody listens at 127\.0\.0\.1:1.*\[connection_failed\]/,
    ],
    [
      "no such host",
      ({ user }) => `postgres://${user}@no-such-host.invalid/x`,
      /the name no-such-host\.invalid is not known.*\[connection_failed\]/,
    ],
    [
      "no such database",
      (at) => at.url.replace(at.name, "missing"),
      /there is no database missing.*\[connection_failed, SQLSTATE 3D000\]/,
    ],
    [
      "wrong password",
      (at) => at.url.replace(at.password, "wrong"),
      /did not let postgres in.*\[authentication_failed, SQLSTATE 28P01\]/,
    ],
    ["no password", (at) => at.url.replace(`:${at.password}`, ""), /did not let postgres in.*\[authentication_failed/],
  ];
  for (const [what, url, says] of FAILURES) {
    it(`${what}: exit code 4, with what to look at`, async () => {
      const env = { DATABASE_URL: url(database) };
      const { exitCode, stderr } = await runCli(["info"], { env });
      assert.match(stderr, says);
      assert.match(stderr, /^ {2}next {4}/m);
      assert.equal(exitCode, 4);
      assert.doesNotMatch(stderr, new RegExp(database.password));
    });
  }
});
