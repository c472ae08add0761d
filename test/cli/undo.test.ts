import assert from "node:assert/strict";
import { readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "pg";
import { incidentFolder, listIncidents } from "../../engine/adapters/incident-folder.js";
import type { LocalInstance } from "../../engine/adapters/local/instance-file.js";
import { ensureLocalInstance, startLocalInstance, stopLocalInstance } from "../../engine/adapters/local/instances.js";
import type { Way } from "../../engine/core/ways-back/ways-back.js";
import { checksumOf, normaliseText } from "../../engine/core/normalise-text.js";
import { createProject, runCli, runOnTerminal, type CliRun, type TestProject } from "../support/cli.js";
import { connectLocal, createDataRoot, type TestDataRoot } from "../support/data-root.js";

const USERS = "CREATE TABLE users (id int PRIMARY KEY, name text);\n";
const CITY = "ALTER TABLE users ADD COLUMN city text;\n\n-- @rollback\nALTER TABLE users DROP COLUMN city;\n";
const DROP = "-- @phase contract\n-- @closes 0002\nALTER TABLE users DROP COLUMN name;\n";

interface Ways {
  readonly situation: {
    readonly kind: string;
    readonly lastRun: readonly string[];
    readonly halfRun: string | null;
    readonly unreachable: string | null;
  };
  readonly ways: readonly (Way & { readonly isPossible: boolean })[];
}

describe("holdfast undo without a version", function () {
  this.timeout(240_000);
  let root: TestDataRoot;
  let project: TestProject;
  let dev: LocalInstance;
  const place = () => ({ cwd: project.root, env: { HOLDFAST_HOME: root.path } });
  const holdfast = (...args: string[]): Promise<CliRun> => runCli(args, place());
  const file = (name: string, text: string | null): void => project.write({ [`migrations/${name}.sql`]: text });
  const release = (version: string): void => project.write({ "package.json": JSON.stringify({ version }) });
  const migrate = async (): Promise<CliRun> => holdfast("migrate", "dev");
  const inDev = async (sql: string): Promise<readonly Record<string, unknown>[]> => {
    const client: Client = await connectLocal(dev);
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  const ways = async (): Promise<Ways & { readonly of: (way: string) => Way & { readonly isPossible: boolean } }> => {
    const run = await holdfast("undo", "dev", "--json");
    assert.equal(run.exitCode, 0, run.stderr);
    const found = run.json() as Ways;
    const of = (way: string) => found.ways.find((one) => one.way === way) ?? assert.fail(`no way ${way}`);
    return { ...found, of };
  };

  before(async () => {
    root = await createDataRoot();
    project = createProject({ "Pulumi.yaml": "name: shop\nruntime: nodejs\n" });
    release("1.0.0");
    file("0001_create_users", USERS);
    dev = await ensureLocalInstance({ root: root.path, project: "shop", name: "dev" });
    assert.equal((await migrate()).exitCode, 0);
    await inDev("INSERT INTO users SELECT i, 'name ' || i FROM generate_series(1, 20) i");
  });
  after(async () => {
    await root.remove();
    project.remove();
  });

  it("after a run that went well: rolls back what has a way of its own, with what was written there since", async () => {
    file("0002_add_users_city", CITY);
    assert.equal((await migrate()).exitCode, 0);
    await inDev("UPDATE users SET city = 'Lund' WHERE id <= 3");
    const { situation, of } = await ways();
    assert.deepEqual([situation.kind, situation.lastRun], ["applied", ["0002"]]);
    assert.match(of("un-retire").whyNot ?? "", /Nothing is retired/);
    const { isPossible, command, loses, versions } = of("rollback");
    assert.deepEqual([isPossible, command, versions], [true, "holdfast rollback dev", ["0002"]]);
    assert.match(loses?.text ?? "", /written there since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \(\d+ s\)/);
    assert.match(loses?.facts.join() ?? "", /users\.city.*\(3 now\)/);
    assert.match(of("forward").does.join("\n"), /holdfast new "…"\nDeploy again: holdfast migrate dev/);
  });

  it("a restore states its window to the second, estimates it table by table, and names backup and switch", async () => {
    await inDev("INSERT INTO users SELECT i, 'later' FROM generate_series(21, 25) i; ANALYZE users");
    const { of } = await ways();
    const { isPossible, command, loses, does } = of("restore");
    assert.equal(isPossible, true);
    assert.match(command, /^holdfast restore dev --backup \S+-v0001 --as dev-before-0002$/);
    assert.match(does.join("\n"), /holdfast switch dev --to dev-before-0002/);
    assert.match(
      loses?.text ?? "",
      /everything written since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, which is \d+ (s|min)/,
    );
    assert.deepEqual([loses?.basis, loses?.estimates], ["counts", [{ table: "public.users", rows: 5 }]]);
  });

  it("prints all four in a table that can be read, and runs none of them where nobody can be asked", async () => {
    const { stdout, exitCode } = await holdfast("undo", "dev");
    assert.equal(exitCode, 0);
    assert.match(stdout, /^The last run on dev went well\.\n {2}last run {4}applied 0002$/m);
    for (const way of ["un-retire", "rollback", "forward", "restore"])
      assert.match(stdout, new RegExp(`^${way}$`, "m"));
    assert.match(stdout, /^ {2}command {2}holdfast restore dev --backup \S+ --as dev-before-0002$/m);
    assert.match(stdout, /estimate, by rows then and now \(changed rows are not seen\): public\.users \+5/);
    const refused = await holdfast("undo", "dev", "--way", "rollback");
    assert.equal(refused.exitCode, 3);
    assert.match(refused.stderr, /was not confirmed; nothing was changed\. \[undo_refused\][^]*--way rollback --yes/);
    const closed = await holdfast("undo", "dev", "--way", "un-retire", "--yes");
    assert.equal(closed.exitCode, 3);
    assert.match(closed.stderr, /not open now\. Nothing is retired/);
    const unknown = await holdfast("undo", "dev", "--way", "sideways");
    assert.equal(unknown.exitCode, 2);
    assert.match(unknown.stderr, /The ways are un-retire, rollback, forward, restore/);
    assert.equal((await inDev("SELECT count(*)::int AS n FROM users WHERE city = 'Lund'"))[0]?.["n"], 3);
  });

  it("on a terminal asks which way, and for the instance's name; another name changes nothing", async function () {
    if (process.platform === "win32") return;
    const wrong = await runOnTerminal(["undo", "dev"], {
      ...place(),
      answers: [
        [/Which way\? \(rollback, forward, restore; nothing: none\) /, "rollback"],
        [/Type dev to go this way: /, "prod"],
      ],
    });
    assert.equal(wrong.exitCode, 3, wrong.stdout);
    assert.equal((await inDev("SELECT count(city)::int AS n FROM users"))[0]?.["n"], 3);
    const right = await runOnTerminal(["undo", "dev"], {
      ...place(),
      answers: [
        [/Which way\? /, "rollback"],
        [/Type dev to go this way: /, "dev"],
      ],
    });
    assert.equal(right.exitCode, 0, right.stdout);
    assert.match(right.stdout, /dev: 1 file rolled back\./);
    const columns = await inDev("SELECT 1 FROM information_schema.columns WHERE column_name = 'city'");
    assert.deepEqual(columns, []);
  });

  it("after a failed run: forward, with what stays and where to correct, and the decision goes into the incident", async () => {
    assert.equal((await migrate()).exitCode, 0);
    file("0003_add_users_age", "ALTER TABLE users ADD COLUMN age int;\n");
    file("0004_fill_users", "INSERT INTO users (id, name) VALUES (1, 'again');\n");
    const failed = await migrate();
    assert.equal(failed.exitCode, 1, failed.stderr);
    await inDev("UPDATE users SET name = name || '!' WHERE id <= 4; SELECT pg_stat_force_next_flush()");
    const { situation, of } = await ways();
    assert.deepEqual([situation.kind, situation.lastRun], ["failed", ["0003"]]);
    assert.match(
      of("forward").does.join("\n"),
      /Applied by that run, and they stay: 0003_add_users_age\.sql\.\nNothing of 0004_fill_users\.sql stayed\. Correct it at migrations\/0004_fill_users\.sql:1:1\.\nDeploy again/,
    );
    assert.equal(of("forward").loses?.text, "Nothing.");
    const { loses } = of("restore");
    assert.equal(loses?.basis, "changes");
    const run = await holdfast("undo", "dev", "--way", "forward", "--yes", "--json");
    assert.equal(run.exitCode, 0, run.stderr);
    assert.equal((run.json() as { way: string }).way, "forward");
    const [newest] = (await listIncidents(incidentFolder({ ...dev, instance: "dev" }))).incidents;
    assert.equal(newest?.incident.decision?.way, "forward");
    assert.match(readFileSync(newest.path, "utf8"), /## Decision taken\n\n- way: forward\n/);
    assert.match((await holdfast("incidents", "dev")).stdout, /forward +\/.*statement_failed\.md/);
    file("0004_fill_users", "SELECT 1;\n");
    assert.equal((await migrate()).exitCode, 0);
    assert.equal((await ways()).situation.kind, "applied", "a later run went on");
  });

  it("after a half-run file: says behind which line it may be edited, and that nothing is rolled back before", async () => {
    file(
      "0005_index_users",
      "CREATE INDEX CONCURRENTLY users_name ON users (name);\n\nCREATE UNIQUE INDEX CONCURRENTLY users_same ON users ((id % 2));\n",
    );
    assert.equal((await migrate()).exitCode, 1);
    const { situation, of } = await ways();
    assert.equal(situation.halfRun, "migrations/0005_index_users.sql");
    assert.match(
      of("forward").does.join("\n"),
      /finished are 1 of its statements, the last one that of line 1\.\nEdit it only behind the statement of line 1\./,
    );
    assert.match(of("rollback").whyNot ?? "", /half-run/);
    assert.match(of("restore").command, /--as dev-before-0005$/);
    file("0005_index_users", "CREATE INDEX CONCURRENTLY users_name ON users (name);\n\nSELECT 1;\n");
    assert.equal((await migrate()).exitCode, 0);
  });

  it("after a @verify that is not true: the data or the query", async () => {
    file("0006_count_users", "SELECT 1;\n\n-- @verify\nSELECT count(*) = 24 FROM users;\n");
    assert.equal((await migrate()).exitCode, 3);
    const { of } = await ways();
    assert.match(
      of("forward").does.join("\n"),
      /0006: applied, and a @verify query is not true[^]*holdfast sql dev --write[^]*holdfast accept dev 0006 --reason/,
    );
    await inDev("DELETE FROM users WHERE id = 25");
    assert.equal((await migrate()).exitCode, 0);
  });

  it("after a contract: brings back what it retired, without a loss", async () => {
    release("1.1.0");
    file("0007_drop_users_name", DROP);
    const checksum = checksumOf(normaliseText(DROP));
    project.write({
      "holdfast.json": JSON.stringify({
        instances: { dev: { soak: "7 days", approvals: [{ version: "0007", checksum, by: "reviewer@example.org" }] } },
      }),
    });
    const contract = await migrate();
    assert.equal(contract.exitCode, 0, contract.stderr);
    const { of } = await ways();
    assert.equal(of("un-retire").command, "holdfast undo dev 0007");
    assert.match(
      of("un-retire").loses?.text ?? "",
      /^Nothing\. Rows written since .* have no value in what comes back/,
    );
    assert.equal(of("un-retire").loses?.since, null);
    const run = await holdfast("undo", "dev", "--way", "un-retire", "--yes");
    assert.equal(run.exitCode, 0, run.stderr);
    assert.match(run.stdout, /0007 is undone on dev\.\n {2}back {6}column public\.users\.name/);
    assert.equal((await inDev("SELECT count(name)::int AS n FROM users"))[0]?.["n"], 24);
    file("0007_drop_users_name", null);
  });

  it("of a database that does not start: its newest backup is still there", async () => {
    await stopLocalInstance(dev);
    const control = join(dev.dataDirectory, "global", "pg_control");
    renameSync(control, `${control}.gone`);
    const { situation, of } = await ways();
    renameSync(`${control}.gone`, control);
    assert.match(situation.unreachable ?? "", /nobody listens/);
    for (const way of ["un-retire", "rollback", "forward"]) assert.match(of(way).whyNot ?? "", /does not answer/);
    assert.equal(of("restore").isPossible, true);
    await startLocalInstance(dev);
  });

  it("restores beside where that is chosen: this one stays, and the switch is left to be decided", async () => {
    const { of } = await ways();
    const [, as = ""] = of("restore").command.split(" --as ");
    const run = await holdfast("undo", "dev", "--way", "restore", "--yes");
    assert.equal(run.exitCode, 0, run.stderr);
    assert.match(run.stdout, new RegExp(`Restored dev as ${as}, beside it`));
    const count = await holdfast("sql", as, "SELECT count(*) AS n FROM users", "--json");
    assert.equal(count.exitCode, 0, count.stderr);
    assert.equal((await inDev("SELECT count(name)::int AS n FROM users"))[0]?.["n"], 24);
  });
});
