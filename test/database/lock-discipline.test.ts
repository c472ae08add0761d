import assert from "node:assert/strict";
import type { Client } from "pg";
import { HoldfastError } from "../../engine/core/errors.js";
import { lockTargets } from "../../engine/core/lock-targets.js";
import { withLockDiscipline } from "../../engine/steps/lock-discipline.js";
import { createDatabase, startTestServer, type TestDatabase, type TestServer } from "../support/postgres.js";
import { startTestRun, type TestRun, type TestRunOptions } from "../support/test-run.js";
import { startClients } from "../support/traffic.js";
import { until } from "../support/until.js";

/** Runs the statements of a file in one transaction under the lock discipline, as a transactional file is run. */
async function apply(run: TestRun, sql: string): Promise<void> {
  const { statements, faults } = run.analyse(sql);
  assert.deepEqual(faults, []);
  const { session } = run.ctx;
  const work = { file: "0007_change_things.sql", tables: lockTargets(statements) };
  await withLockDiscipline(run.ctx, work, async (prelude) => {
    const steps = [...prelude, ...statements.map(({ text }) => text)].map((text) => ({ sql: text }));
    const { error } = await session.pipeline([{ sql: "BEGIN" }, ...steps, { sql: "COMMIT" }]);
    if (error === undefined) return;
    await session.execute("ROLLBACK");
    throw error;
  });
}

async function refusal(action: Promise<unknown>): Promise<HoldfastError> {
  const error: unknown = await action.then(
    () => assert.fail("it went through"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof HoldfastError, String(error));
  return error;
}

function blockersIn({ events }: TestRun): string[] {
  return events.flatMap((event) => (event.kind === "lock-retry" ? event.blockers : []));
}

/** How often the lock was asked for before the last report. */
function triesOf({ events }: TestRun): number {
  return Math.max(0, ...events.map((event) => (event.kind === "lock-retry" ? event.attempt : 0)));
}

describe("strong locks", () => {
  let database: TestDatabase;
  let admin: Client;
  let run: TestRun | undefined;
  const clients: Client[] = [];

  async function begin(sql: string): Promise<Client> {
    const client = await database.client();
    clients.push(client);
    await client.query(`BEGIN; ${sql}`);
    return client;
  }

  async function start(options?: TestRunOptions): Promise<TestRun> {
    return (run = await startTestRun(database, options));
  }

  async function hasColumn(table: string, column: string): Promise<boolean> {
    const found = await admin.query(
      "SELECT FROM pg_attribute WHERE attrelid = $1::regclass AND attname = $2 AND NOT attisdropped",
      [table, column],
    );
    return found.rowCount === 1;
  }

  beforeEach(async () => {
    database = await createDatabase();
    admin = await database.client();
    await admin.query("CREATE TABLE users (id bigint PRIMARY KEY, n integer NOT NULL DEFAULT 0)");
    await admin.query("CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users)");
    await admin.query("INSERT INTO users SELECT generate_series(1, 1000)");
  });

  afterEach(async () => {
    await run?.close();
    run = undefined;
    await Promise.all(clients.splice(0).map((client) => client.end()));
    await admin.end();
    await database.drop();
  });

  it("never make a client wait noticeably, however long a reader is at the table, and go through when it leaves", async () => {
    const deploy = await start({ policy: { lockTimeoutMs: 20 } });
    const reader = await begin("SELECT count(*) FROM users");
    await admin.query("SELECT pg_sleep(0.2)");
    const traffic = await startClients(database, 4, "UPDATE users SET n = n + 1 WHERE id = $1", 1000);
    const applied = apply(deploy, "ALTER TABLE users ADD COLUMN note text;");
    await until("the deploy says whom it waits for", () => blockersIn(deploy).length > 0);
    await traffic.hasDone(400);
    assert.equal(await hasColumn("users", "note"), false);
    assert.equal(triesOf(deploy), 0);
    await reader.query("COMMIT");
    const left = Date.now();
    await applied;
    assert.ok(Date.now() - left < 500, `through ${Date.now() - left} ms after the reader left`);
    const { slowestMs, errors } = await traffic.stop();
    assert.deepEqual(errors, []);
    assert.ok(slowestMs < 150, `a client waited ${slowestMs} ms`);
    assert.match(blockersIn(deploy)[0] ?? "", /^pid \d+ \(postgres, idle in transaction\) on users for /);
  });

  it("end with the names of those in the way when the time is up, and change nothing", async () => {
    const deploy = await start({ policy: { strongLockDeadlineMs: 400 } });
    const reader = await begin("SELECT count(*) FROM users");
    const { rows } = await reader.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    const error = await refusal(apply(deploy, "ALTER TABLE users ADD COLUMN note text;"));
    assert.equal(error.code, "deadline_exceeded");
    assert.equal(error.exitCode, 4);
    assert.match(error.message, /0007_change_things\.sql did not get the lock on users within less than a second\./);
    assert.match(error.details.hint ?? "", new RegExp(`Held by: pid ${rows[0]!.pid} `));
    assert.match(error.details.next ?? "", new RegExp(`pg_terminate_backend\\(${rows[0]!.pid}\\)`));
    assert.equal(await hasColumn("users", "note"), false);
  });

  it("name a prepared transaction that nobody finished, and how to finish it", async () => {
    const deploy = await start({ policy: { strongLockDeadlineMs: 300 } });
    const client = await begin("UPDATE users SET n = 1 WHERE id = 1");
    await client.query("PREPARE TRANSACTION 'left over'");
    try {
      const error = await refusal(apply(deploy, "ALTER TABLE users ADD COLUMN note text;"));
      assert.match(error.details.hint ?? "", /prepared transaction 'left over' of postgres on users/);
      assert.match(error.details.next ?? "", /ROLLBACK PREPARED 'left over'/);
    } finally {
      await client.query("ROLLBACK PREPARED 'left over'");
    }
  });

  for (const { name, holds, sql } of [
    {
      name: "a partition of the table",
      holds: "SELECT count(*) FROM events_2026",
      sql: "ALTER TABLE events ADD COLUMN note text;",
    },
    {
      name: "the table behind a foreign key that goes",
      holds: "SELECT count(*) FROM users",
      sql: "ALTER TABLE orders DROP CONSTRAINT orders_user_id_fkey;",
    },
    {
      name: "the table of an index that goes",
      holds: "SELECT count(*) FROM users WHERE n = 1",
      sql: "DROP INDEX users_n;",
    },
  ]) {
    it(`wait before they queue when someone has long been at ${name}`, async () => {
      await admin.query("CREATE INDEX users_n ON users (n)");
      await admin.query("CREATE TABLE events (at date) PARTITION BY RANGE (at)");
      await admin.query(
        "CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
      );
      const deploy = await start();
      const reader = await begin(holds);
      await admin.query("SELECT pg_sleep(0.15)");
      const applied = apply(deploy, sql);
      await until("it waits", () => blockersIn(deploy).length > 0);
      await admin.query("SELECT pg_sleep(0.2)");
      assert.equal(triesOf(deploy), 0);
      await reader.query("COMMIT");
      await applied;
    });
  }

  it("do not wait for a reader whom the statement does not disturb", async () => {
    const deploy = await start();
    await begin("SELECT count(*) FROM users");
    await admin.query("SELECT pg_sleep(0.15)");
    await admin.query("CREATE FUNCTION noop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'");
    await apply(deploy, "CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION noop();");
    assert.deepEqual(blockersIn(deploy), []);
  });

  it("are tried all the same after a while: who was looked at may be in nobody's way", async () => {
    // Validating the key would lock only one of the two tables; the statement's kind says it may lock both.
    const deploy = await start();
    await begin("SELECT count(*) FROM users");
    await admin.query(
      "CREATE TABLE plain (id int, CONSTRAINT positive CHECK (id > 0), user_id bigint REFERENCES users)",
    );
    await admin.query("SELECT pg_sleep(0.15)");
    let lead = 0;
    const { clock } = deploy.ctx;
    const ctx = { ...deploy.ctx, clock: { ...clock, now: () => new Date(Date.now() + lead) } };
    const applied = apply({ ...deploy, ctx }, "ALTER TABLE plain DROP CONSTRAINT positive;");
    await until("it waits", () => blockersIn(deploy).length > 0);
    lead = 20_000;
    await applied;
  });

  it("go through also for an owner role that may not see others' transactions", async () => {
    const owned = await createDatabase({ ownerRole: "app_owner" });
    const limited = await startTestRun(owned, { ownerRole: "app_owner", policy: { strongLockDeadlineMs: 400 } });
    const client = await owned.client();
    try {
      await limited.ctx.session.execute("CREATE TABLE things (id int)");
      await client.query("BEGIN; SELECT count(*) FROM things");
      await client.query("SELECT pg_sleep(0.15)");
      const error = await refusal(apply(limited, "ALTER TABLE things ADD COLUMN note text;"));
      // The role that logged in may see them, and its eyes are used.
      assert.match(error.details.hint ?? "", /idle in transaction.* on things for/);
      await client.query("COMMIT");
      await apply(limited, "ALTER TABLE things ADD COLUMN note text;");
      const owner = await client.query("SELECT tableowner FROM pg_tables WHERE tablename = 'things'");
      assert.deepEqual(owner.rows, [{ tableowner: "app_owner" }]);
      assert.deepEqual(await limited.ctx.session.query("SELECT current_user::text AS role"), [{ role: "app_owner" }]);
    } finally {
      await client.end();
      await limited.close();
      await owned.drop();
    }
  });

  it("fall back to short tries where nobody's transactions may be seen", async () => {
    await admin.query("CREATE ROLE blind LOGIN PASSWORD 'blind'");
    await admin.query(`GRANT CREATE ON DATABASE ${database.name} TO blind; GRANT CREATE ON SCHEMA public TO blind`);
    await admin.query("ALTER TABLE users OWNER TO blind; ALTER TABLE orders OWNER TO blind");
    const deploy = await startTestRun({ ...database, user: "blind", password: "blind" });
    try {
      const reader = await begin("SELECT count(*) FROM users");
      await admin.query("SELECT pg_sleep(0.15)");
      const applied = apply(deploy, "ALTER TABLE users ADD COLUMN note text;");
      await until("it has tried", () =>
        deploy.events.some((event) => event.kind === "lock-retry" && event.attempt > 0),
      );
      await reader.query("COMMIT");
      await applied;
      assert.equal(await hasColumn("users", "note"), true);
    } finally {
      await deploy.close();
      await admin.query("REASSIGN OWNED BY blind TO postgres; DROP OWNED BY blind; DROP ROLE blind");
    }
  });

  it("stop waiting when the run is stopped", async () => {
    const deploy = await start();
    await begin("SELECT count(*) FROM users");
    await admin.query("SELECT pg_sleep(0.15)");
    const applied = refusal(apply(deploy, "ALTER TABLE users ADD COLUMN note text;"));
    await until("it waits", () => blockersIn(deploy).length > 0);
    deploy.stop();
    assert.equal((await applied).code, "interrupted");
  });
});

describe("strong locks while autovacuum works on the table", () => {
  let server: TestServer;
  let database: TestDatabase;
  let admin: Client;

  /** A worker that crawls, and would take minutes. */
  const CRAWL = "autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1";

  before(async () => {
    server = await startTestServer({ settings: { autovacuum_naptime: "1s", autovacuum_freeze_max_age: "100000" } });
  });
  after(() => server.stop());

  beforeEach(async () => {
    database = await server.createDatabase();
    admin = await database.client();
    await admin.query("CREATE TABLE users (id bigint PRIMARY KEY, n integer NOT NULL DEFAULT 0, pad text)");
    await admin.query("INSERT INTO users SELECT i, 0, repeat('x', 500) FROM generate_series(1, 20000) i");
  });
  afterEach(async () => {
    await admin.end();
    await database.drop();
  });

  async function workerIsThere(pattern: string): Promise<boolean> {
    const { rowCount } = await admin.query("SELECT FROM pg_stat_activity WHERE query LIKE $1 AND datname = $2", [
      `autovacuum: ${pattern}`,
      database.name,
    ]);
    return rowCount! > 0;
  }

  it("make it give way while the clients pass", async () => {
    await admin.query(
      `ALTER TABLE users SET (${CRAWL}, autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0)`,
    );
    await admin.query("UPDATE users SET n = 1");
    await until("autovacuum is at work", () => workerIsThere("VACUUM%public.users"));
    const run = await startTestRun(database);
    const traffic = await startClients(database, 4, "UPDATE users SET n = n + 1 WHERE id = $1", 1000);
    const started = Date.now();
    await apply(run, "ALTER TABLE users ADD COLUMN note text;");
    const tookMs = Date.now() - started;
    const { slowestMs, errors } = await traffic.stop();
    await run.close();
    assert.deepEqual(errors, []);
    assert.ok(tookMs < 4000, `it took ${tookMs} ms`);
    assert.ok(slowestMs < 150, `a client waited ${slowestMs} ms`);
  });

  it("end with exit 4 and name it when it guards against wraparound, which does not give way", async () => {
    await admin.query(`ALTER TABLE users SET (${CRAWL}, autovacuum_freeze_max_age = 100000)`);
    await admin.query("DO $$ BEGIN FOR i IN 1..101000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$");
    await until("autovacuum guards the table", () => workerIsThere("VACUUM%public.users (to prevent wraparound)"));
    const run = await startTestRun(database, { policy: { strongLockDeadlineMs: 300 } });
    const error = await refusal(apply(run, "ALTER TABLE users ADD COLUMN note text;"));
    await run.close();
    assert.equal(error.exitCode, 4);
    assert.match(error.details.hint ?? "", /autovacuum \(pid \d+\) on users to prevent transaction ID wraparound/);
    assert.match(error.details.next ?? "", /let it finish/);
  });
});
