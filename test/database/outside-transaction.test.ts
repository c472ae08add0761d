import assert from "node:assert/strict";
import type { Client } from "pg";
import { HoldfastError } from "../../engine/core/errors.js";
import type { KillPoint } from "../../engine/core/kill-points.js";
import { ConnectionLost } from "../../engine/core/ports.js";
import { applyOutsideTransaction } from "../../engine/steps/apply-outside.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";
import { startTestRun, type TestRun, type TestRunOptions } from "../support/test-run.js";
import { startClients } from "../support/traffic.js";
import { until } from "../support/until.js";

const KILL_POINTS: readonly KillPoint[] = [
  "outside-file-started",
  "outside-before-statement",
  "outside-before-journal",
  "outside-before-commit",
  "outside-statement-finished",
  "outside-before-history",
];

describe("a file outside a transaction", () => {
  let database: TestDatabase;
  let admin: Client;

  beforeEach(async () => {
    database = await createDatabase();
    admin = await database.client();
    await admin.query("CREATE TABLE users (id bigint PRIMARY KEY, email text, n integer NOT NULL DEFAULT 0)");
    await admin.query("INSERT INTO users SELECT i, 'user ' || i FROM generate_series(1, 1000) i");
  });
  afterEach(async () => {
    await admin.end();
    await database.drop();
  });

  /** One run of the file; the error it ended with, if any. */
  async function apply(sql: string, options: TestRunOptions = {}): Promise<{ error?: unknown; run: TestRun }> {
    const run = await startTestRun(database, options);
    const file = run.analyse(sql, "0007_change_things.sql");
    assert.deepEqual(file.faults, []);
    try {
      await applyOutsideTransaction(run.ctx, file);
      return { run };
    } catch (error) {
      return { error, run };
    } finally {
      await run.close();
    }
  }

  async function applied(sql: string): Promise<TestRun> {
    const { error, run } = await apply(sql);
    assert.equal(error, undefined);
    assert.deepEqual(await history(), [{ state: "applied", journal: "0" }]);
    return run;
  }

  async function refused(sql: string, options?: TestRunOptions): Promise<HoldfastError> {
    const { error } = await apply(sql, options);
    assert.ok(error instanceof HoldfastError, String(error));
    return error;
  }

  async function rows(sql: string): Promise<unknown[]> {
    return (await admin.query<Record<string, unknown>>(sql)).rows;
  }

  function history(): Promise<unknown[]> {
    return rows(
      "SELECT state, (SELECT count(*) FROM holdfast.statement_journal) AS journal FROM schema_migrations WHERE version = '0007'",
    );
  }

  function indexes(): Promise<unknown[]> {
    return rows(`SELECT c.relname AS name, i.indisvalid AS valid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
      WHERE i.indrelid = 'users'::regclass AND NOT i.indisprimary ORDER BY 1`);
  }

  const MIXED = `
    CREATE TABLE audit (id int);
    INSERT INTO audit VALUES (1);
    CREATE INDEX CONCURRENTLY users_email ON users (lower(email)) WHERE n >= 0;
    SET search_path = other, public;
    UPDATE users SET n = n + 1;
    INSERT INTO things VALUES (7);
    CREATE INDEX CONCURRENTLY ON users (n);
    REINDEX INDEX CONCURRENTLY users_email;
    VACUUM (ANALYZE) users;
    DROP INDEX CONCURRENTLY users_old;`;

  async function mixedStart(): Promise<void> {
    await admin.query(
      "CREATE SCHEMA other; CREATE TABLE other.things (id int); CREATE INDEX users_old ON users (id, n)",
    );
  }

  async function assertMixedDone(): Promise<void> {
    assert.deepEqual(await rows("SELECT min(n), max(n) FROM users"), [{ min: 1, max: 1 }]);
    assert.deepEqual(await rows("SELECT id FROM audit UNION ALL SELECT id FROM other.things"), [{ id: 1 }, { id: 7 }]);
    assert.deepEqual(await indexes(), [
      { name: "users_email", valid: true },
      { name: "users_n_idx", valid: true },
    ]);
    assert.deepEqual(await history(), [{ state: "applied", journal: "0" }]);
  }

  it("runs each statement once, in order", async () => {
    await mixedStart();
    await applied(MIXED);
    await assertMixedDone();
  });

  for (const point of KILL_POINTS) {
    it(`killed at any passing of ${point}, the next run converges`, async () => {
      await mixedStart();
      const whole = await startTestRun(database);
      await whole.close();
      for (let spare = 0; ; spare++) {
        const { error, run } = await apply(MIXED, { dieAt: point, spare });
        if (error === undefined) {
          assert.ok(spare > 0 && run.reached.length > 0, "it was never killed");
          break;
        }
        assert.ok(error instanceof ConnectionLost);
        const next = await apply(MIXED);
        assert.equal(next.error, undefined, `killed after ${spare} passings of ${point}`);
        await assertMixedDone();
        await admin.query(
          "DROP TABLE audit; TRUNCATE other.things; UPDATE users SET n = 0; DELETE FROM schema_migrations",
        );
        await admin.query("DROP INDEX users_email, users_n_idx; CREATE INDEX users_old ON users (id, n)");
      }
    });
  }

  it("is recorded as unverified where queries come behind it", async () => {
    const { error } = await apply("CREATE INDEX CONCURRENTLY users_n ON users (n);\n-- @verify\nSELECT true;\n");
    assert.equal(error, undefined);
    assert.deepEqual(await history(), [{ state: "unverified", journal: "0" }]);
  });

  describe("whose CREATE INDEX CONCURRENTLY fails", () => {
    const UNIQUE = "INSERT INTO users VALUES (5000);\nCREATE UNIQUE INDEX CONCURRENTLY users_email ON users (email);";

    it("leaves no INVALID index behind, says what stays, and goes on once the rows are mended", async () => {
      await admin.query("UPDATE users SET email = 'twice' WHERE id IN (1, 2)");
      const error = await refused(UNIQUE);
      assert.equal(error.code, "statement_failed");
      assert.equal(error.details.sqlState, "23505");
      assert.match(error.message, /^migrations\/0007_change_things\.sql:2:1: could not create unique index/);
      assert.match(error.details.hint ?? "", /1 of its 2 statements is finished and stay/);
      assert.match(error.details.next ?? "", /edited from statement 2 on/);
      assert.deepEqual(await indexes(), []);
      await admin.query("UPDATE users SET email = 'once' WHERE id = 2");
      await applied(UNIQUE);
      assert.deepEqual(await indexes(), [{ name: "users_email", valid: true }]);
    });

    it("drops the INVALID index of a killed server process before it builds again", async () => {
      const blocker = await database.client();
      await blocker.query("BEGIN; UPDATE users SET n = 1 WHERE id = 1");
      const building = apply("CREATE INDEX CONCURRENTLY users_n ON users (n);");
      await until("the build waits", async () => (await indexes()).length === 1);
      await admin.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX%' AND datname = current_database()",
      );
      assert.ok((await building).error instanceof ConnectionLost);
      assert.deepEqual(await indexes(), [{ name: "users_n", valid: false }]);
      await blocker.query("COMMIT");
      await blocker.end();
      await applied("CREATE INDEX CONCURRENTLY users_n ON users (n);");
      assert.deepEqual(await indexes(), [{ name: "users_n", valid: true }]);
    });

    it("is refused where somebody else's INVALID index has its name", async () => {
      await admin.query("UPDATE users SET email = 'twice'");
      await assert.rejects(admin.query("CREATE UNIQUE INDEX CONCURRENTLY users_email ON users (email)"));
      const error = await refused("CREATE INDEX CONCURRENTLY IF NOT EXISTS users_email ON users (email);");
      assert.match(error.message, /:1:1: index users_email is already there, and INVALID/);
      assert.match(error.details.next ?? "", /DROP INDEX CONCURRENTLY users_email/);
    });

    it("ends by its deadline behind an old transaction, with exit 4 and its name, and leaves nothing INVALID", async () => {
      const blocker = await database.client();
      await blocker.query("BEGIN; UPDATE users SET n = 1 WHERE id = 1");
      const ending = refused("CREATE INDEX CONCURRENTLY users_n ON users (n);", {
        policy: { strongLockDeadlineMs: 300 },
      });
      await until("the build was given up", async () => (await indexes()).length === 1);
      const error = await ending;
      assert.equal(error.exitCode, 4);
      assert.match(error.details.hint ?? "", /Open meanwhile: pid \d+ \(postgres, idle in transaction\)/);
      await blocker.query("COMMIT");
      await blocker.end();
      await applied("CREATE INDEX CONCURRENTLY users_n ON users (n);");
      assert.deepEqual(await indexes(), [{ name: "users_n", valid: true }]);
    });
  });

  it("stopped by Ctrl-C in the middle of a build that waits, ends soon, and the next run clears up", async () => {
    const blocker = await database.client();
    await blocker.query("BEGIN; UPDATE users SET n = 1 WHERE id = 1");
    const sql = "CREATE INDEX CONCURRENTLY users_n ON users (n);";
    const run = await startTestRun(database);
    const ending = applyOutsideTransaction(run.ctx, run.analyse(sql, "0007_change_things.sql"));
    await until("the build waits", async () => (await indexes()).length === 1);
    run.stop();
    await assert.rejects(ending, { code: "interrupted" });
    assert.ok(
      run.events.some((event) => event.kind === "note" && event.message.includes("cleared away by the next run")),
    );
    await blocker.query("COMMIT");
    await Promise.all([run.close(), blocker.end()]);
    await applied(sql);
    assert.deepEqual(await indexes(), [{ name: "users_n", valid: true }]);
  });

  it("is stopped between two statements by Ctrl-C, and goes on there", async () => {
    const sql = "INSERT INTO users VALUES (5000); VACUUM users; INSERT INTO users VALUES (5001);";
    const run = await startTestRun(database, {
      onPoint: (point) => point === "outside-statement-finished" && run.stop(),
    });
    const ending = applyOutsideTransaction(run.ctx, run.analyse(sql, "0007_change_things.sql"));
    await assert.rejects(ending, { code: "interrupted", message: /1 of its 3 statements is finished/ });
    await run.close();
    await applied(sql);
    assert.deepEqual(await rows("SELECT id::int FROM users WHERE id >= 5000"), [{ id: 5000 }, { id: 5001 }]);
  });

  describe("that is half-run", () => {
    const FIRST = "INSERT INTO users VALUES (5000);";

    it("may be edited behind its last finished statement", async () => {
      await refused(`${FIRST}\nCREATE INDEX CONCURRENTLY users_m ON users (m);`);
      await applied(`-- another comment\n${FIRST}\nCREATE INDEX CONCURRENTLY users_n ON users (n);\nVACUUM users;`);
      assert.deepEqual(await rows("SELECT count(*)::int FROM users"), [{ count: 1001 }]);
    });

    it("may not be edited before it: the statement is named", async () => {
      await refused(`${FIRST}\nCREATE INDEX CONCURRENTLY users_m ON users (m);`);
      const error = await refused(
        "\nINSERT INTO users VALUES (6000);\nCREATE INDEX CONCURRENTLY users_n ON users (n);",
      );
      assert.equal(error.code, "checksum_mismatch");
      assert.match(
        error.message,
        /0007_change_things\.sql:2:1: statement 1 of the half-run file was changed after it had run/,
      );
      assert.deepEqual(await rows("SELECT count(*)::int FROM users"), [{ count: 1001 }]);
    });

    it("may not lose a finished statement", async () => {
      await refused(`${FIRST} INSERT INTO users VALUES (5001);\nCREATE INDEX CONCURRENTLY users_m ON users (m);`);
      const error = await refused("INSERT INTO users VALUES (5001);\nVACUUM users;");
      assert.match(error.message, /statement 1 of the half-run file/);
    });

    it("has what was cut off cleared away as it was run, also when it was edited since", async () => {
      const blocker = await database.client();
      await blocker.query("BEGIN; UPDATE users SET n = 1 WHERE id = 1");
      const building = apply("CREATE INDEX CONCURRENTLY users_first ON users (n);");
      await until("the build waits", async () => (await indexes()).length === 1);
      await admin.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX%' AND datname = current_database()",
      );
      await building;
      await blocker.query("COMMIT");
      await blocker.end();
      await applied("CREATE INDEX CONCURRENTLY users_second ON users (n);");
      assert.deepEqual(await indexes(), [{ name: "users_second", valid: true }]);
    });

    it("counts a statement as finished whose work was done when the process died, even if it was edited since", async () => {
      await apply("CREATE INDEX CONCURRENTLY users_first ON users (n);", { dieAt: "outside-before-journal" });
      const error = await refused("CREATE INDEX CONCURRENTLY users_second ON users (n);");
      assert.equal(error.code, "checksum_mismatch");
      assert.deepEqual(await indexes(), [{ name: "users_first", valid: true }]);
    });
  });

  it("builds again where an index of the same name has another definition", async () => {
    await apply("CREATE INDEX CONCURRENTLY users_n ON users (n);", { dieAt: "outside-before-statement" });
    await admin.query("CREATE INDEX users_n ON users (n DESC)");
    const error = await refused("CREATE INDEX CONCURRENTLY users_n ON users (n);");
    assert.equal(error.details.sqlState, "42P07");
    assert.deepEqual(await indexes(), [{ name: "users_n", valid: true }]);
  });

  for (const sql of [
    `CREATE INDEX CONCURRENTLY "Its on" ON users (n);`,
    `CREATE INDEX CONCURRENTLY "Its on" ON ONLY public.users USING hash (email);`,
    `CREATE INDEX CONCURRENTLY "Its on" ON public."users" (email text_pattern_ops DESC NULLS LAST, lower(email) COLLATE "C") INCLUDE (n) WITH (fillfactor = 70) WHERE n > 0 -- it (is) here;`,
    `CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "Its on" ON "users"(id,n)NULLS NOT DISTINCT;`,
  ]) {
    it(`recognises ${sql} as done`, async () => {
      await apply(sql, { dieAt: "outside-before-journal" });
      const [before] = await rows("SELECT to_regclass('\"Its on\"')::oid::int AS oid");
      await applied(sql);
      assert.deepEqual(await rows("SELECT to_regclass('\"Its on\"')::oid::int AS oid"), [before]);
    });
  }

  it("drops what a REINDEX CONCURRENTLY that was cut off left behind, and does it again", async () => {
    await admin.query("CREATE INDEX users_n ON users (n)");
    const blocker = await database.client();
    await blocker.query("BEGIN; UPDATE users SET n = 1 WHERE id = 1");
    const building = apply("REINDEX TABLE CONCURRENTLY users;");
    await until("it has begun", async () => (await indexes()).length > 1);
    await admin.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'REINDEX%' AND datname = current_database()",
    );
    await building;
    await blocker.query("COMMIT");
    await blocker.end();
    assert.match(JSON.stringify(await indexes()), /_ccnew","valid":false/);
    await applied("REINDEX TABLE CONCURRENTLY users;");
    assert.deepEqual(await indexes(), [{ name: "users_n", valid: true }]);
    assert.deepEqual(await rows("SELECT FROM pg_index WHERE NOT indisvalid"), []);
  });

  describe("that detaches a partition concurrently", () => {
    const DETACH = "ALTER TABLE events DETACH PARTITION events_2026 CONCURRENTLY;";

    beforeEach(async () => {
      await admin.query("CREATE TABLE events (at date, n int) PARTITION BY RANGE (at)");
      await admin.query(
        "CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
      );
      await admin.query(
        "CREATE TABLE events_2027 PARTITION OF events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')",
      );
      await admin.query("INSERT INTO events SELECT '2026-02-01', 0 FROM generate_series(1, 10)");
    });

    function partitions(): Promise<unknown[]> {
      return rows(
        "SELECT inhrelid::regclass::text AS name, inhdetachpending AS pending FROM pg_inherits WHERE inhparent = 'events'::regclass ORDER BY 1",
      );
    }

    it("finishes a detach that is pending", async () => {
      const reader = await database.client();
      await reader.query("BEGIN; SELECT FROM events");
      const detaching = apply(DETACH);
      await until("it is pending", async () => JSON.stringify(await partitions()).includes("true"));
      await admin.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'holdfast%' AND datname = current_database()",
      );
      assert.ok((await detaching).error instanceof ConnectionLost);
      assert.deepEqual((await partitions())[0], { name: "events_2026", pending: true });
      await reader.query("COMMIT");
      await reader.end();
      await applied(DETACH);
      assert.deepEqual(await partitions(), [{ name: "events_2027", pending: false }]);
    });

    it("knows that it is done when the process died before it could say so", async () => {
      await apply(DETACH, { dieAt: "outside-before-journal" });
      await applied(DETACH);
      assert.deepEqual(await partitions(), [{ name: "events_2027", pending: false }]);
    });

    it("makes nobody wait behind a reader of the partition, and is through when it leaves", async () => {
      const reader = await database.client();
      await reader.query("BEGIN; SELECT FROM events_2026");
      await admin.query("SELECT pg_sleep(0.2)");
      const traffic = await startClients(database, 2, "INSERT INTO events_2026 VALUES ('2026-02-01', $1)", 5);
      const detaching = applied(DETACH);
      await traffic.hasDone(100);
      await reader.query("COMMIT");
      await detaching;
      const { slowestMs, errors } = await traffic.stop();
      await reader.end();
      assert.deepEqual(errors, []);
      assert.ok(slowestMs < 250, `a client waited ${slowestMs} ms`);
      assert.deepEqual(await partitions(), [{ name: "events_2027", pending: false }]);
    });

    it("says so where the table is no partition", async () => {
      await admin.query("ALTER TABLE events DETACH PARTITION events_2026");
      const error = await refused(DETACH);
      assert.match(error.message, /is not a partition of relation "events"/);
    });
  });

  it("can use the value it has just added to a type", async () => {
    await admin.query("CREATE TYPE mood AS ENUM ('sad'); ALTER TABLE users ADD COLUMN mood mood");
    await applied("ALTER TYPE mood ADD VALUE 'happy';\nUPDATE users SET mood = 'happy';\nVACUUM users;");
    assert.deepEqual(await rows("SELECT DISTINCT mood FROM users"), [{ mood: "happy" }]);
  });

  it("makes a client wait no longer for VACUUM FULL's lock than for any other", async () => {
    const reader = await database.client();
    await reader.query("BEGIN; SELECT FROM users");
    await admin.query("SELECT pg_sleep(0.2)");
    const run = await startTestRun(database);
    const vacuuming = applyOutsideTransaction(run.ctx, run.analyse("VACUUM FULL users;"));
    await until("it waits before it queues", () => run.events.some(({ kind }) => kind === "lock-retry"));
    assert.deepEqual(await rows("SELECT FROM pg_locks WHERE NOT granted"), []);
    await reader.query("COMMIT");
    await vacuuming;
    await Promise.all([run.close(), reader.end()]);
  });
});
