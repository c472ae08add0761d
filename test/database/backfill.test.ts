import assert from "node:assert/strict";
import type { Client } from "pg";
import { HoldfastError } from "../../engine/core/errors.js";
import type { KillPoint } from "../../engine/core/kill-points.js";
import { ConnectionLost } from "../../engine/core/ports.js";
import { applyBackfill } from "../../engine/steps/apply-backfill.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";
import { startTestRun, type TestRun, type TestRunOptions } from "../support/test-run.js";
import { startClients } from "../support/traffic.js";
import { until } from "../support/until.js";

const KILL_POINTS: readonly KillPoint[] = [
  "backfill-file-started",
  "backfill-batch-committed",
  "backfill-before-history",
];

function file(batch: string, sql: string): string {
  return `-- @phase backfill\n-- @batch ${batch}\n${sql}\n`;
}

describe("a backfill", () => {
  let database: TestDatabase;
  let admin: Client;

  beforeEach(async () => {
    database = await createDatabase();
    admin = await database.client();
  });
  afterEach(async () => {
    await admin.end();
    await database.drop();
  });

  async function apply(text: string, options: TestRunOptions = {}): Promise<{ error?: unknown; run: TestRun }> {
    const run = await startTestRun(database, options);
    const analysed = run.analyse(text, "0013_fill_things.sql");
    assert.deepEqual(analysed.faults, []);
    try {
      await applyBackfill(run.ctx, analysed);
      return { run };
    } catch (error) {
      return { error, run };
    } finally {
      await run.close();
    }
  }

  async function applied(text: string, options?: TestRunOptions): Promise<TestRun> {
    const { error, run } = await apply(text, options);
    assert.equal(error, undefined);
    assert.deepEqual(await rows("SELECT state FROM schema_migrations WHERE version = '0013'"), [{ state: "applied" }]);
    assert.deepEqual(await rows("SELECT FROM holdfast.backfill_progress"), []);
    return run;
  }

  async function refused(text: string, options?: TestRunOptions): Promise<HoldfastError> {
    const { error } = await apply(text, options);
    assert.ok(error instanceof HoldfastError, `it ended with ${error instanceof Error ? error.message : "no error"}`);
    return error;
  }

  async function rows(sql: string): Promise<unknown[]> {
    return (await admin.query<Record<string, unknown>>(sql)).rows;
  }

  function batchesOf({ events }: TestRun): number[] {
    return events.flatMap((event) => (event.kind === "batch" ? event.rowsDone : []));
  }

  const ADD_ONE = file("table=things key=id size=7", "UPDATE things SET n = n + 1 WHERE id BETWEEN :from AND :to;");

  async function createThings(type: string, keys: string): Promise<void> {
    await admin.query(`CREATE TABLE things (id ${type} PRIMARY KEY, n integer NOT NULL DEFAULT 0)`);
    await admin.query(`INSERT INTO things (id) ${keys}`);
  }

  async function assertEachOnce(n = 1): Promise<void> {
    assert.deepEqual(await rows(`SELECT * FROM things WHERE n <> ${n} LIMIT 3`), []);
  }

  describe("meets every row once, whatever its key is:", () => {
    const KEYS: { name: string; type: string; keys: string; setting?: string }[] = [
      {
        name: "texts, the empty one and those that look like SQL",
        type: "text",
        keys: `SELECT * FROM unnest(ARRAY['', ' ', '''', '\\', ':to', '$1', 'null', 'NULL', '{}', '"', 'ä', '😀', E'\\n', E'\\x01']) UNION ALL SELECT md5(i::text) FROM generate_series(1, 30) i`,
      },
      {
        name: "uuids, with the zero one",
        type: "uuid",
        keys: "SELECT '00000000-0000-0000-0000-000000000000' UNION ALL SELECT gen_random_uuid() FROM generate_series(1, 30)",
      },
      {
        name: "bigints beyond what a double holds",
        type: "bigint",
        keys: "SELECT 9007199254740993 + i FROM generate_series(0, 30) i UNION ALL VALUES (-9223372036854775808), (9223372036854775807), (0)",
      },
      {
        name: "timestamps with microseconds",
        type: "timestamptz",
        keys: "SELECT timestamptz '2026-03-29 00:59:59.999990+00' + i * interval '1 microsecond' FROM generate_series(0, 30) i UNION ALL SELECT * FROM unnest('{infinity,-infinity,0001-01-01 BC}'::timestamptz[])",
        setting: "DateStyle = 'SQL, DMY'",
      },
      {
        name: "dates in a server that writes the day first",
        type: "date",
        keys: "SELECT date '2026-01-01' + i FROM generate_series(0, 40) i",
        setting: "DateStyle = 'SQL, DMY'",
      },
      {
        name: "doubles",
        type: "double precision",
        keys: "SELECT 1.0 / i FROM generate_series(1, 30) i UNION ALL VALUES ('NaN'), ('-Infinity'), (0.1 + 0.2)",
        setting: "extra_float_digits = -10",
      },
      {
        name: "numerics",
        type: "numeric(40, 20)",
        keys: "SELECT i * 0.00000000000000000001 FROM generate_series(0, 30) i",
      },
      { name: "padded characters", type: "character(5)", keys: "SELECT i::text FROM generate_series(0, 30) i" },
      {
        name: "bytes",
        type: "bytea",
        keys: `SELECT decode(md5(i::text), 'hex') FROM generate_series(0, 30) i UNION ALL VALUES (''::bytea), ('\\x00')`,
      },
      {
        name: "intervals",
        type: "interval",
        keys: "SELECT i * interval '1 month 1 day 1.000001 s' FROM generate_series(-15, 15) i",
        setting: "IntervalStyle = 'sql_standard'",
      },
    ];
    for (const { name, type, keys, setting } of KEYS) {
      it(name, async () => {
        if (setting !== undefined) await admin.query(`ALTER DATABASE ${database.name} SET ${setting}`);
        await createThings(type, keys);
        // Across a stop, too: the key is read back from the progress row.
        const { error } = await apply(ADD_ONE, { dieAt: "backfill-batch-committed", spare: 1 });
        assert.ok(error instanceof ConnectionLost);
        const run = await applied(ADD_ONE);
        await assertEachOnce();
        const [counted] = await rows("SELECT count(*)::int FROM things");
        assert.deepEqual({ count: batchesOf(run).at(-1) }, counted);
      });
    }

    it("composite keys, of which only the whole is unique", async () => {
      await admin.query(
        "CREATE TABLE things (tenant text, at timestamptz, no bigint, n integer NOT NULL DEFAULT 0, PRIMARY KEY (tenant, at, no))",
      );
      await admin.query(`INSERT INTO things SELECT t, timestamptz '2026-01-01' + a * interval '1 microsecond', 9007199254740993 + i
        FROM unnest(ARRAY['', 'a', 'ä']) t, generate_series(1, 5) a, generate_series(1, 5) i`);
      await applied(
        file(
          "table=things key=tenant,at,no size=7",
          "UPDATE things SET n = n + 1 WHERE (tenant, at, no) BETWEEN (:from) AND (:to);",
        ),
      );
      await assertEachOnce();
    });

    it("a partitioned table", async () => {
      await admin.query(
        "CREATE TABLE things (id bigint, at date, n integer NOT NULL DEFAULT 0, PRIMARY KEY (at, id)) PARTITION BY RANGE (at)",
      );
      await admin.query("CREATE TABLE things_1 PARTITION OF things FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')");
      await admin.query("CREATE TABLE things_2 PARTITION OF things DEFAULT");
      await admin.query("INSERT INTO things SELECT i, date '2026-01-20' + i FROM generate_series(1, 40) i");
      await applied(
        file("table=things key=at,id size=7", "UPDATE things SET n = n + 1 WHERE (at, id) BETWEEN (:from) AND (:to);"),
      );
      await assertEachOnce();
    });
  });

  it("of an empty table is applied at once", async () => {
    await createThings("bigint", "SELECT 1 WHERE false");
    assert.deepEqual(batchesOf(await applied(ADD_ONE)), []);
  });

  it("copies and deletes in batches, too", async () => {
    await createThings("bigint", "SELECT generate_series(1, 50)");
    await admin.query("CREATE TABLE archive (LIKE things)");
    await applied(
      file("table=things key=id size=7", "INSERT INTO archive SELECT * FROM things WHERE id BETWEEN :from AND :to;"),
    );
    assert.deepEqual(await rows("SELECT count(*)::int, count(DISTINCT id)::int AS ids FROM archive"), [
      { count: 50, ids: 50 },
    ]);
    await admin.query("DELETE FROM schema_migrations");
    await applied(
      file("table=things key=id size=7", "DELETE FROM things WHERE id BETWEEN :from AND :to AND id % 2 = 0;"),
    );
    assert.deepEqual(await rows("SELECT count(*)::int FROM things"), [{ count: 25 }]);
  });

  for (const point of KILL_POINTS) {
    it(`killed at any passing of ${point}, the next run counts each row exactly once`, async () => {
      await createThings("bigint", "SELECT generate_series(1, 60)");
      for (let spare = 0; ; spare++) {
        const { error } = await apply(ADD_ONE, { dieAt: point, spare });
        if (error === undefined) {
          assert.ok(spare > 0, "it was never killed");
          await assertEachOnce(spare + 1);
          return;
        }
        assert.ok(error instanceof ConnectionLost);
        await applied(ADD_ONE);
        await assertEachOnce(spare + 1);
        await admin.query("DELETE FROM schema_migrations");
      }
    });
  }

  it("killed again and again, each row is still counted once", async () => {
    await createThings("bigint", "SELECT generate_series(1, 400)");
    for (let kills = 0; ; kills++) {
      const { error } = await apply(ADD_ONE, { dieAt: "backfill-batch-committed", spare: kills % 3 });
      if (error === undefined) break;
    }
    await assertEachOnce();
  });

  it("a server process killed in the middle of a batch takes that batch back, and no other", async () => {
    await createThings("bigint", "SELECT generate_series(1, 50)");
    const client = await database.client();
    await client.query("BEGIN; UPDATE things SET n = n WHERE id = 30");
    const ending = apply(ADD_ONE, { policy: { lockTimeoutMs: 5000 } });
    await until(
      "the batch waits for the row",
      async () => (await rows("SELECT FROM pg_locks WHERE NOT granted")).length > 0,
    );
    await admin.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'holdfast%' AND datname = current_database()",
    );
    assert.ok((await ending).error instanceof ConnectionLost);
    await client.query("COMMIT");
    await client.end();
    const [left] = await rows(
      "SELECT count(*) FILTER (WHERE n = 1)::int AS done, count(*) FILTER (WHERE n > 1)::int AS twice FROM things",
    );
    assert.ok((left as { done: number }).done > 0 && (left as { done: number }).done < 30);
    await applied(ADD_ONE);
    await assertEachOnce();
  });

  it("keeps what clients insert and update meanwhile, and ends although they never stop", async () => {
    await createThings("bigint", "SELECT 2 * generate_series(1, 3000)");
    await admin.query("ALTER TABLE things ADD COLUMN m integer NOT NULL DEFAULT 0");
    const updates = await startClients(database, 2, "UPDATE things SET m = m + 1 WHERE id = 2 * $1::bigint", 3000);
    const inserts = await startClients(
      database,
      2,
      "INSERT INTO things VALUES (2 * $1::bigint + 1, 1) ON CONFLICT DO NOTHING",
      9000,
    );
    await inserts.hasDone(50);
    const text = file(
      "table=things key=id size=50",
      "UPDATE things SET n = n + 1 WHERE id BETWEEN :from AND :to AND id % 2 = 0;",
    );
    await applied(text);
    const [updated, inserted] = [await updates.stop(), await inserts.stop()];
    assert.deepEqual([...updated.errors, ...inserted.errors], []);
    await assertEachOnce();
    assert.deepEqual(await rows("SELECT sum(m)::int AS m FROM things"), [{ m: updated.statements }]);
  });

  it("gives way to a client that holds a row: smaller batches, and through when it lets go", async () => {
    await createThings("bigint", "SELECT generate_series(1, 200)");
    const client = await database.client();
    await client.query("BEGIN; UPDATE things SET n = n WHERE id = 150");
    const run = await startTestRun(database, { policy: { lockTimeoutMs: 5 } });
    const text = file("table=things key=id size=100", "UPDATE things SET n = n + 1 WHERE id BETWEEN :from AND :to;");
    const ending = applyBackfill(run.ctx, run.analyse(text));
    // What is not locked gets done up to the very row.
    await until("149 rows are done", async () => (await rows("SELECT FROM things WHERE n = 1")).length === 149);
    await client.query("COMMIT");
    await ending;
    await Promise.all([run.close(), client.end()]);
    await assertEachOnce();
  });

  it("gives up by its deadline behind a row that nobody lets go of, with exit 4 and the name", async () => {
    await createThings("bigint", "SELECT generate_series(1, 20)");
    const client = await database.client();
    await client.query("BEGIN; UPDATE things SET n = n WHERE id = 10");
    const error = await refused(ADD_ONE, { policy: { lockTimeoutMs: 5, strongLockDeadlineMs: 300 } });
    assert.equal(error.exitCode, 4);
    assert.match(error.details.hint ?? "", /pid \d+ \(postgres, idle in transaction\)/);
    await client.query("ROLLBACK");
    await client.end();
    await applied(ADD_ONE);
    await assertEachOnce();
  });

  it("stops after the batch when it is told to, says where it stands, and goes on there", async () => {
    await createThings("bigint", "SELECT generate_series(1, 50)");
    await admin.query("ANALYZE things");
    const run = await startTestRun(database, {
      onPoint: (point) => point === "backfill-batch-committed" && run.stop(),
    });
    const ending = applyBackfill(run.ctx, run.analyse(ADD_ONE, "0013_fill_things.sql"));
    await assert.rejects(ending, { code: "interrupted", message: /stopped after 7 of about 50 rows, which stay done/ });
    await run.close();
    await applied(ADD_ONE);
    await assertEachOnce();
  });

  it("that fails on a row says where, keeps the batches before it, and goes on once the row is mended", async () => {
    await createThings("bigint", "SELECT generate_series(1, 50)");
    const text = file(
      "table=things key=id size=7",
      "UPDATE things SET n = n + 1\nWHERE id BETWEEN :from AND :to AND 10 / (id - 30) IS NOT NULL AND id <> 5000;",
    );
    const error = await refused(text);
    assert.equal(error.code, "statement_failed");
    assert.equal(error.details.sqlState, "22012");
    assert.match(error.message, /0013_fill_things\.sql:3:1: division by zero/);
    assert.match(error.details.detail ?? "", /keys from \(\d+\) to \(\d+\)/);
    assert.match(error.details.next ?? "", /The \d+ rows of the batches before it stay done/);
    await admin.query("UPDATE things SET id = 60 WHERE id = 30");
    await applied(text);
    await assertEachOnce();
  });

  it("that the server refuses as a whole names the place behind its placeholders", async () => {
    await createThings("bigint", "SELECT generate_series(1, 50)");
    const error = await refused(
      file("table=things key=id", "UPDATE things SET n = 2 WHERE id BETWEEN :from AND :to AND nowhere = 1;"),
    );
    assert.match(error.message, /0013_fill_things\.sql:3:60: column "nowhere" does not exist/);
    assert.match(error.details.next ?? "", /No batch of it stayed/);
  });

  describe("that is half-run", () => {
    async function halfRun(): Promise<void> {
      await createThings("bigint", "SELECT generate_series(1, 50)");
      await apply(ADD_ONE, { dieAt: "backfill-batch-committed" });
    }

    it("is refused when its statement was changed", async () => {
      await halfRun();
      const error = await refused(ADD_ONE.replace("n + 1", "n + 2"));
      assert.equal(error.code, "checksum_mismatch");
      assert.match(
        error.message,
        /0013_fill_things\.sql:3:1: the half-run backfill was changed after it had done 7 rows/,
      );
    });

    it("may change its comments and its size", async () => {
      await halfRun();
      await applied(
        `-- @phase backfill\n-- @why all of them\n-- @batch table=things key=id size=9\n${ADD_ONE.split("\n")[2]}`,
      );
      await assertEachOnce();
    });
  });

  describe("is refused before anything runs when its key", () => {
    const UPDATE = "UPDATE things SET n = 1 WHERE id BETWEEN :from AND :to;";
    const COLUMNS = "id bigint, n integer, u text, active boolean";
    const KEYS: { name: string; ddl: string; text?: string; message: RegExp }[] = [
      {
        name: "may be NULL",
        ddl: `CREATE TABLE things (${COLUMNS}); CREATE UNIQUE INDEX ON things (id)`,
        message: /id may be NULL in things/,
      },
      {
        name: "is not unique",
        ddl: `CREATE TABLE things (${COLUMNS}); ALTER TABLE things ALTER id SET NOT NULL; CREATE INDEX ON things (id)`,
        message: /id is not unique in things/,
      },
      {
        name: "is unique only in a part of the table",
        ddl: `CREATE TABLE things (${COLUMNS}); ALTER TABLE things ALTER id SET NOT NULL; CREATE INDEX ON things (id); CREATE UNIQUE INDEX ON things (id) WHERE active`,
        message: /is not unique/,
      },
      {
        name: "leads no index",
        ddl: `CREATE TABLE things (${COLUMNS}); ALTER TABLE things ALTER id SET NOT NULL; CREATE UNIQUE INDEX ON things USING btree (id) WITH (fillfactor = 90); DROP INDEX things_id_idx; ALTER TABLE things ADD PRIMARY KEY (id, u)`,
        text: file("table=things key=u,id", "UPDATE things SET n = 1 WHERE (u, id) BETWEEN (:from) AND (:to);"),
        message: /no index of things leads with u, id/,
      },
      {
        name: "has an index that compares in another way",
        ddl: `CREATE TABLE things (u text NOT NULL, n int); CREATE UNIQUE INDEX ON things (u text_pattern_ops)`,
        text: file("table=things key=u", "UPDATE things SET n = 1 WHERE u BETWEEN :from AND :to;"),
        message: /no index of things leads with u/,
      },
      {
        name: "has an index in two directions",
        ddl: `CREATE TABLE things (id int NOT NULL, u text NOT NULL, n int); CREATE UNIQUE INDEX ON things (id, u DESC)`,
        text: file("table=things key=id,u", "UPDATE things SET n = 1 WHERE (id, u) BETWEEN (:from) AND (:to);"),
        message: /no index of things leads with id, u/,
      },
      {
        name: "does not exist",
        ddl: `CREATE TABLE things (u bigint PRIMARY KEY, n int)`,
        message: /things has no column id/,
      },
      {
        name: "belongs to a table that does not exist",
        ddl: "SELECT 1",
        message: /@batch names things, which does not exist/,
      },
      {
        name: "belongs to a view",
        ddl: `CREATE TABLE real (id int PRIMARY KEY, n int); CREATE VIEW things AS SELECT * FROM real`,
        message: /@batch names things, which is not a table/,
      },
      {
        name: "belongs to another schema's table than the statement's",
        ddl: `CREATE SCHEMA app; CREATE TABLE app.things (id int PRIMARY KEY, n int); CREATE TABLE things (id int PRIMARY KEY, n int)`,
        text: file("table=app.things key=id", UPDATE),
        message: /the statement works on another table than app\.things/,
      },
    ];
    for (const { name, ddl, text = file("table=things key=id", UPDATE), message } of KEYS) {
      it(name, async () => {
        await admin.query(ddl);
        const error = await refused(text);
        assert.equal(error.code, "invalid_migration");
        assert.match(error.message, message);
        assert.equal(error.details.location?.line, 2);
        assert.ok(error.details.next);
        assert.deepEqual(await rows("SELECT FROM schema_migrations"), []);
      });
    }

    for (const { name, ddl, text } of [
      {
        name: "a unique index that runs backwards",
        ddl: "CREATE TABLE things (id int NOT NULL, n int); CREATE UNIQUE INDEX ON things (id DESC)",
      },
      {
        name: "a part of the key that is unique by itself, and another index that leads with it",
        ddl: "CREATE TABLE things (id int PRIMARY KEY, at date NOT NULL DEFAULT now(), n int); CREATE INDEX ON things (at, id) INCLUDE (n)",
        text: file("table=things key=at,id", "UPDATE things SET n = 1 WHERE (at, id) BETWEEN (:from) AND (:to);"),
      },
    ]) {
      it(`(and is not refused for ${name})`, async () => {
        await admin.query(ddl);
        await admin.query("INSERT INTO things (id) SELECT generate_series(1, 30)");
        await applied(text ?? file("table=things key=id size=7", UPDATE));
        await assertEachOnce();
      });
    }
  });
});
