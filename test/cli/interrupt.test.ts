import assert from "node:assert/strict";
import { createProject, migrations, runCli, runOnTerminal, type TestProject } from "../support/cli.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";
import { until } from "../support/until.js";

const EXCUSE = ["--no-backup-because", "a test"];
const ROWS = 400;

describe("Ctrl-C", () => {
  let database: TestDatabase;
  let project: TestProject;
  const deploy = (release: string) => ["migrate", "--release", release, ...EXCUSE];
  const place = () => ({ cwd: project.root, env: { DATABASE_URL: database.url } });
  const count = async (query: string): Promise<number> => {
    const client = await database.client();
    const { rows } = await client.query<{ n: string }>(query);
    await client.end();
    return Number(rows[0]?.n ?? 0);
  };

  beforeEach(async () => {
    database = await createDatabase();
    project = createProject(
      migrations(
        `CREATE TABLE t1 (id int PRIMARY KEY, n int NOT NULL DEFAULT 0);
         INSERT INTO t1 SELECT generate_series(1, ${ROWS});
         CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.005); RETURN NEW; END $$;
         CREATE TRIGGER slowly BEFORE UPDATE ON t1 FOR EACH ROW EXECUTE FUNCTION slowly();`,
      ),
    );
    assert.equal((await runCli(deploy("1.0.0"), place())).exitCode, 0);
  });
  afterEach(async () => {
    await database.drop();
    project.remove();
  });

  for (const [name, signal] of [
    ["Ctrl-C", "SIGINT"],
    ["the SIGTERM of a CI job", "SIGTERM"],
  ] as const) {
    it(`${name} finishes the batch, gives the lock back and says where it stands; the next run goes on`, async () => {
      project.write({
        "migrations/0002_fill_t1.sql":
          "-- @phase backfill\n-- @batch table=t1 key=id size=20\nUPDATE t1 SET n = n + 1 WHERE id BETWEEN :from AND :to;\n",
      });
      let sent = false;
      const stopped = runCli(deploy("1.1.0"), {
        ...place(),
        onStart: (pid) => {
          const underWay = "SELECT coalesce(sum(n), 0) AS n FROM t1";
          void until("a batch is done", async () => (await count(underWay)) > 0).then(() => {
            sent = process.kill(pid, signal);
          });
        },
      });
      const { exitCode, stderr } = await stopped;
      assert.ok(sent);
      assert.equal(exitCode, 4, stderr);
      assert.match(stderr, /Stopping in good order/);
      assert.match(stderr, /\[interrupted\]/);
      const done = await count("SELECT sum(n) AS n FROM t1");
      assert.ok(done > 0 && done < ROWS, `${done} of ${ROWS} rows`);
      assert.equal(await count("SELECT count(*) AS n FROM pg_locks WHERE locktype = 'advisory'"), 0);
      const again = await runCli(deploy("1.1.0"), place());
      assert.equal(again.exitCode, 0, again.stderr);
      assert.equal(await count("SELECT count(*) AS n FROM t1 WHERE n = 1"), ROWS);
    });
  }

  it("twice ends a long statement at once; the next run finds nothing half done", async () => {
    project.write({ "migrations/0002_wait.sql": "CREATE TABLE t2 (x int);\nSELECT pg_sleep(120);\n" });
    const started = Date.now();
    const { exitCode, stderr } = await runCli(deploy("1.1.0"), {
      ...place(),
      onStart: (pid) => {
        const asleep =
          "SELECT count(*) AS n FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";
        void until("the statement runs", async () => (await count(asleep)) > 0).then(() => process.kill(pid, "SIGINT"));
      },
      onOutput: (pid, printed) => {
        if (printed.includes("once more to stop at once")) process.kill(pid, "SIGINT");
      },
    });
    assert.equal(exitCode, 4, stderr);
    assert.ok(Date.now() - started < 60_000);
    project.write({ "migrations/0002_wait.sql": "CREATE TABLE t2 (x int);\n" });
    const again = await runCli(deploy("1.1.0"), place());
    assert.equal(again.exitCode, 0, again.stderr);
  });

  it("typed on a terminal reaches the command as well", async () => {
    project.write({ "migrations/0002_wait.sql": "SELECT pg_sleep(120);\n" });
    const ctrlC = String.fromCharCode(3);
    const { stdout, exitCode } = await runOnTerminal(deploy("1.1.0"), {
      ...place(),
      answers: [
        [/0002_wait/, ctrlC],
        [/once more to stop at once/, ctrlC],
      ],
    });
    assert.match(stdout, /Stopping in good order/);
    assert.equal(exitCode, 4, stdout);
  });
});
