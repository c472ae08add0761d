import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "pg";
import {
  incidentFolder,
  incidentsIn,
  listIncidents,
  type FiledIncident,
} from "../../engine/adapters/incident-folder.js";
import { settingsOf } from "../../engine/adapters/local/connection.js";
import type { LocalInstance } from "../../engine/adapters/local/instance-file.js";
import { ensureLocalInstance, startLocalInstance } from "../../engine/adapters/local/instances.js";
import { readPostmaster } from "../../engine/adapters/local/postmaster.js";
import { asServerUser, serverUser } from "../../engine/adapters/local/server-user.js";
import { loadSqlParser } from "../../engine/adapters/libpg-sql-parser.js";
import { pgHistoryStore } from "../../engine/adapters/pg-history-store.js";
import { pgSessions } from "../../engine/adapters/pg-session.js";
import { systemClock } from "../../engine/adapters/system-clock.js";
import { defaultPolicy } from "../../engine/core/migration.js";
import { migrate } from "../../engine/migrate.js";
import { createProject, runCli, type CliRun, type TestProject } from "../support/cli.js";
import { connectLocal, createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { memorySource, recordedBackups, refusalOf } from "../support/engine.js";
import { skipBecause } from "../support/skip-because.js";
import { until } from "../support/until.js";

/** What the first release made, and the rows its users wrote. */
const BASE = {
  "0001_create_customers.sql":
    "CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL, email text);\n" +
    "CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customers, total int NOT NULL);\n",
};
const ROWS = [
  "INSERT INTO customers SELECT i, 'Jane Roe ' || i, 'jane' || i || '@example.org' FROM generate_series(1, 400) i",
  "INSERT INTO orders SELECT i, 1 + i % 400, i - 3 FROM generate_series(1, 2000) i",
];
/** What the release before asks and writes, all day long. */
const OLD_RELEASE = [
  "SELECT c.name, sum(o.total) FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.name",
  "INSERT INTO customers VALUES (9001, 'new', NULL)",
  "UPDATE orders SET total = total + 1 WHERE id = 7",
  "DELETE FROM orders WHERE id = 8",
];
/** What SchemaMigrations' command runs. */
const DEPLOY = join(__dirname, "..", "..", "dist", "cli", "deploy.js");
const ROW_VALUE = /Jane Roe|@example\.org|already exists|Key \(|Failing row/;

describe("a migration that fails", function () {
  this.timeout(180_000);
  let root: TestDataRoot;
  let project: TestProject;
  let dev: LocalInstance;
  let untouched: unknown;
  let password: string;
  let version = 1;

  const holdfast = (args: readonly string[], options: Partial<Parameters<typeof runCli>[1]> = {}): Promise<CliRun> =>
    runCli(args, { cwd: project.root, env: { HOLDFAST_HOME: root.path }, ...options });
  const deploy = (options: Partial<Parameters<typeof runCli>[1]> = {}): Promise<CliRun> =>
    holdfast(["migrate", "dev"], options);
  const inDev = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
    const client = await connectLocal(dev);
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  };
  const originalRows = (): Promise<unknown> =>
    inDev(async (client) => ({
      customers: (await client.query("SELECT id, name, email FROM customers ORDER BY id")).rows,
      orders: (await client.query("SELECT id, customer_id, total FROM orders ORDER BY id")).rows,
    }));
  const incidents = async (): Promise<readonly FiledIncident[]> =>
    (await listIncidents(incidentFolder({ ...dev, instance: dev.name }))).incidents;
  const addFile = (what: string, text: string): string => {
    version += 1;
    const file = `${String(version).padStart(4, "0")}_${what}.sql`;
    project.write({ [`migrations/${file}`]: text });
    return file;
  };

  before(async () => {
    root = await createDataRoot();
    project = createProject({
      "Pulumi.yaml": "name: shop\nruntime: nodejs\n",
      "package.json": '{"version": "1.0.0"}',
      ...Object.fromEntries(Object.entries(BASE).map(([name, text]) => [`migrations/${name}`, text])),
    });
    dev = await ensureLocalInstance({ root: root.path, project: "shop", name: "dev" });
    password = readFileSync(dev.passwordFile, "utf8").trim();
    const first = await deploy();
    assert.equal(first.exitCode, 0, first.stderr);
    await inDev(async (client) => {
      for (const sql of ROWS) await client.query(sql);
    });
    untouched = await originalRows();
  });
  after(async () => {
    await root.remove();
    project.remove();
  });

  /** The promises of a failed run: rows, the old release, the backup's name, the incident. */
  async function assertNothingLost(run: CliRun, file: string): Promise<FiledIncident> {
    assert.notEqual(run.exitCode, 0, run.stdout);
    assert.deepEqual(await originalRows(), untouched, "every row is as it was");
    await assertOldReleaseWorks();
    const id = /backup +before this run: (\S+); holdfast restore dev --backup \1 --as <new name>/.exec(run.stderr)?.[1];
    assert.ok(id !== undefined, run.stderr);
    const { stdout } = await holdfast(["backups", "dev"]);
    assert.match(stdout, new RegExp(`\\b${id}\\b`));
    const path = /told in (\S.*\.md)$/m.exec(run.stderr)?.[1];
    const [newest] = await incidents();
    assert.ok(newest !== undefined, "there is an incident");
    assert.equal(path, newest.path);
    assert.equal(newest.incident.backup?.id, id);
    assert.equal(newest.incident.file, file);
    assertNoSecrets(run.stderr);
    return newest;
  }

  async function assertOldReleaseWorks(): Promise<void> {
    await inDev(async (client) => {
      for (const sql of OLD_RELEASE) {
        await client.query("BEGIN");
        await client.query(sql);
        await client.query("ROLLBACK");
      }
    });
  }

  function assertNoSecrets(printed: string): void {
    const folder = incidentFolder({ ...dev, instance: dev.name });
    const pages = readdirSync(folder).map((name) => join(folder, name));
    for (const page of pages) assert.equal(statSync(page).mode & 0o077, 0, `${page} is for its owner only`);
    for (const text of [printed, ...pages.map((page) => readFileSync(page, "utf8"))]) {
      assert.doesNotMatch(text, ROW_VALUE);
      assert.ok(!text.includes(password), "no password");
    }
  }

  async function assertGoesOn(file: string, corrected: string): Promise<void> {
    project.write({ [`migrations/${file}`]: corrected });
    const next = await deploy();
    assert.equal(next.exitCode, 0, next.stderr);
    assert.match(next.stdout, new RegExp(`applied +${file}`));
    assert.deepEqual(await originalRows(), untouched);
    await assertOldReleaseWorks();
  }

  const STATEMENTS = [
    "ALTER TABLE customers ADD COLUMN a# text",
    "ALTER TABLE customers ADD COLUMN b# text",
    "ALTER TABLE customers ADD COLUMN c# text",
  ];
  const BAD = "INSERT INTO customers (id, name, email) VALUES (1, 'Jane Roe 1', 'jane1@example.org')";
  const PLACES = { first: 0, middle: 1, last: 3 } as const;

  for (const [place, at] of Object.entries(PLACES)) {
    it(`at its ${place} statement leaves everything as it was, and names the backup`, async () => {
      const good = STATEMENTS.map((sql) => sql.replace("#", `_${place}`));
      const text = (statements: readonly string[]): string => statements.map((sql) => `${sql};\n`).join("");
      const file = addFile(`${place}_fails`, text([...good.slice(0, at), BAD, ...good.slice(at)]));
      const run = await deploy();
      assert.equal(run.exitCode, 1);
      assert.match(run.stderr, new RegExp(`${file}:${at + 1}:1: duplicate key value`));
      const { incident } = await assertNothingLost(run, file);
      assert.equal(
        incident.statements.findIndex(({ hasFailed }) => hasFailed),
        at,
      );
      assert.deepEqual(incident.applied, []);
      await assertGoesOn(file, text(good));
    });
  }

  it("because the data breaks a new constraint leaves the constraint unproven, and says which file", async () => {
    const expand = addFile(
      "require_totals",
      "ALTER TABLE orders ADD CONSTRAINT totals_possible CHECK (total > -100) NOT VALID;\n" +
        "ALTER TABLE orders ADD CONSTRAINT totals_positive CHECK (total > -2) NOT VALID;\n",
    );
    const proof = "-- @phase switch\nALTER TABLE orders VALIDATE CONSTRAINT totals_possible;\n";
    const file = addFile("prove_totals", `${proof}ALTER TABLE orders VALIDATE CONSTRAINT totals_positive;\n`);
    const run = await deploy();
    assert.match(run.stderr, new RegExp(`${file}:3:1: check constraint "totals_positive"`));
    const { incident } = await assertNothingLost(run, file);
    assert.deepEqual(incident.applied, [expand]);
    assert.match(run.stderr, new RegExp(`kept +applied before it, and stay so: ${expand}`));
    await assertGoesOn(file, proof);
  });

  it("in the middle of a file without a transaction says what is done, and goes on behind it", async () => {
    const done = "CREATE INDEX CONCURRENTLY orders_total ON orders (total);\n";
    const file = addFile(
      "index_orders",
      `${done}CREATE UNIQUE INDEX CONCURRENTLY orders_one ON orders (customer_id);\n`,
    );
    const run = await deploy();
    assert.match(run.stderr, new RegExp(`${file}:2:1`));
    await assertNothingLost(run, file);
    await assertGoesOn(file, `${done}CREATE INDEX CONCURRENTLY orders_customer ON orders (customer_id);\n`);
  });

  it("because a statement takes too long is cut off by its own timeout", async () => {
    const file = addFile("take_long", "SET LOCAL statement_timeout = '50ms';\nSELECT pg_sleep(60);\n");
    const run = await deploy();
    assert.match(run.stderr, /statement timeout/);
    await assertNothingLost(run, file);
    await assertGoesOn(file, "SELECT pg_sleep(0);\n");
  });

  it("because others hold its table gives up at its deadline, and nobody was stalled", async () => {
    const name = "0900_lock_orders.sql";
    const text = "ALTER TABLE orders ADD COLUMN note text;\n";
    const folder = Object.fromEntries(
      readdirSync(join(project.root, "migrations")).map((one) => [
        one,
        readFileSync(join(project.root, "migrations", one), "utf8"),
      ]),
    );
    const holder = await connectLocal(dev);
    await holder.query("BEGIN");
    await holder.query("LOCK TABLE orders IN ACCESS SHARE MODE");
    const settings = settingsOf(dev, "public", {});
    const world = {
      source: memorySource({ ...folder, [name]: text }),
      ...{ sessions: pgSessions(settings), history: pgHistoryStore("public"), loadParser: loadSqlParser },
      ...{ backup: recordedBackups(), incidents: incidentsIn({ ...dev, instance: dev.name }), clock: systemClock },
      killPoint: () => undefined,
    };
    const policy = { ...defaultPolicy("dev"), strongLockDeadlineMs: 400 };
    const error = await refusalOf(migrate({ release: "1.0.0", environment: "dev", policy }, world));
    await holder.query("ROLLBACK");
    await holder.end();
    assert.equal(error.code, "deadline_exceeded");
    assert.equal(error.details.backup?.id, "backup-1");
    const [newest] = await incidents();
    assert.deepEqual([newest?.path, newest?.incident.file], [error.details.incident, name]);
    assert.match(newest?.incident.timeline.map(({ what }) => what).join("\n") ?? "", /waits for a lock, try \d+/);
    assert.deepEqual(await originalRows(), untouched);
    await assertOldReleaseWorks();
    assertNoSecrets("");
  });

  it("because the server crashes under it leaves what was committed, and the server recovers", async () => {
    const file = addFile("meet_crash", HALF_DONE);
    const running = deploy();
    await whileSleeping(async () => {
      const postmaster = await readPostmaster(dev.dataDirectory);
      process.kill(postmaster?.pid ?? 0, "SIGKILL");
    });
    const run = await running;
    assert.equal(run.exitCode, 4);
    assert.match(run.stderr, /connection was lost/);
    await startLocalInstance(dev);
    const { incident } = await assertNothingLost(run, file);
    assert.equal(incident.error.code, "connection_failed");
    await assertGoesOn(file, "SELECT pg_sleep(0);\n");
  });

  it("because its runner is killed tells nothing itself: the next run does, and goes on", async () => {
    const count = (await incidents()).length;
    const file = addFile("lose_runner", HALF_DONE);
    let pid = 0;
    const running = deploy({ onStart: (started) => (pid = started) });
    await whileSleeping(() => Promise.resolve(process.kill(pid, "SIGKILL")));
    assert.equal((await running).exitCode, null);
    assert.deepEqual(await originalRows(), untouched);
    await assertOldReleaseWorks();
    assert.equal((await incidents()).length, count);
    // The server's session ends once it notices; its lock with it.
    await inDev((client) =>
      client.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()",
      ),
    );
    await assertGoesOn(file, "SELECT pg_sleep(0);\n");
    const [told, ...older] = await incidents();
    assert.equal(older.length, count);
    assert.match(told?.incident.error.message ?? "", /was killed before it ended/);
    assert.match(
      told?.incident.timeline.map(({ what }) => what).join("\n") ?? "",
      new RegExp(`backup (\\S+) \\(\\w+\\) taken\\n${file} begun`),
    );
    assert.match(told?.incident.backup?.restore ?? "", /^holdfast restore dev --backup \S+ --as <new name>$/);
    assertNoSecrets("");
  });

  it("because the disk takes no more leaves no half-filled table", async function () {
    if (!hasPrlimit())
      return skipBecause(this, "this system has no prlimit, by which a server's disk can be made small");
    const file = addFile("fill_disk", FILL);
    const { pid = 0 } = (await readPostmaster(dev.dataDirectory)) ?? {};
    // Every file of the server may grow to 24 MiB and no further: the system refuses the write, as a full disk does.
    limitFiles(pid, "25165824");
    const run = await deploy();
    limitFiles(pid, "unlimited");
    assert.match(run.stderr, /could not (extend|write)/);
    await assertNothingLost(run, file);
    const left = await inDev((client) => client.query("SELECT to_regclass('filler') AS is"));
    assert.deepEqual(left.rows, [{ is: null }]);
    await assertGoesOn(file, FILL);
  });

  it("because there is no room for its temporary files leaves nothing behind", async () => {
    await inDev((client) => client.query("ALTER DATABASE app SET temp_file_limit = '1MB'"));
    const sort = "CREATE TABLE sorted AS SELECT md5(i::text) AS word FROM generate_series(1, 300000) i ORDER BY 1;\n";
    const file = addFile("sort_much", `SET LOCAL work_mem = '64kB';\n${sort}`);
    const run = await deploy();
    await inDev((client) => client.query("ALTER DATABASE app RESET temp_file_limit"));
    assert.match(run.stderr, /temporary file size exceeds/);
    await assertNothingLost(run, file);
    await assertGoesOn(file, sort);
  });

  it("under pulumi up answers its program with the backup and the incident, in one line of JSON", async () => {
    const file = addFile("fail_in_pulumi", `${BAD};\n`);
    const connection = { kind: "embedded", project: "shop", instance: "dev", resourceId: dev.resourceId };
    const request = {
      connection,
      directory: "migrations",
      release: "1.0.0",
      environment: "dev",
      schema: "public",
      approvals: [],
    };
    const { status, stdout, stderr } = spawnSync(process.execPath, [DEPLOY], {
      cwd: project.root,
      encoding: "utf8",
      env: { PATH: process.env["PATH"], HOLDFAST_HOME: root.path, HOLDFAST_REQUEST: JSON.stringify(request) },
    });
    const { ok, code, backup, incident } = JSON.parse(stdout) as Record<string, unknown>;
    assert.deepEqual([ok, code], [false, "statement_failed"]);
    const told = await assertNothingLost({ exitCode: status, stdout, stderr, json: () => undefined }, file);
    assert.deepEqual([backup, incident], [told.incident.backup, told.path]);
    assertNoSecrets(stdout);
    await assertGoesOn(file, "SELECT 1;\n");
  });

  it("lists its kind in `holdfast incidents`, newest first, with file, backup and decision", async () => {
    const { stdout, exitCode } = await holdfast(["incidents", "dev"]);
    assert.equal(exitCode, 0);
    const [head = "", ...lines] = stdout.trimEnd().split("\n");
    assert.match(head, /instance +when +error +file +applied +backup +decision +told in/);
    assert.match(
      lines[0] ?? "",
      /^dev +\d{4}-\d\d-\d\d \d\d:\d\d UTC +statement_failed +\d{4}_fail_in_pulumi\.sql +0 +\S+ +open +\/.*\.md$/,
    );
    const { instances } = (await holdfast(["incidents", "--json"])).json() as {
      instances: {
        instance: string;
        incidents: { at: string; error: { code: string }; backup: { id: string } | null }[];
      }[];
    };
    assert.deepEqual(
      instances.map(({ instance }) => instance),
      ["dev"],
    );
    const times = instances[0]?.incidents.map(({ at }) => at) ?? [];
    assert.deepEqual(times, times.toSorted().reverse());
    assert.equal(times.length, lines.length);
  });

  const HALF_DONE = "INSERT INTO customers VALUES (9999, 'Half Done', NULL);\nSELECT pg_sleep(60);\n";
  const FILL = "CREATE TABLE filler AS SELECT i, repeat('x', 1000) AS text FROM generate_series(1, 40000) i;\n";

  async function whileSleeping(act: () => Promise<unknown>): Promise<void> {
    await inDev(async (client) => {
      await until("the migration sleeps", async () => {
        const { rows } = await client.query(
          "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid() AND state = 'active'",
        );
        return rows.length > 0;
      });
      await act();
    });
  }
});

/** The soft limit of a server and of every session it starts from now on; as the server's own user, who may change it. */
function limitFiles(pid: number, bytes: string): void {
  execFileSync("prlimit", ["--pid", String(pid), `--fsize=${bytes}:`], asServerUser(serverUser()));
}

function hasPrlimit(): boolean {
  try {
    execFileSync("prlimit", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
