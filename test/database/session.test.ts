import assert from "node:assert/strict";
import type { Client } from "pg";
import { deploy, openSession, OWNER_ROLE } from "../support/engine.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";

/** What a session looks like to a file. */
const PROBE = `CREATE TABLE probe AS SELECT current_setting('search_path') AS path, current_setting('TimeZone') AS zone,
  current_user::text AS role, current_setting('statement_timeout') AS statement,
  current_setting('app.tenant', true) AS custom, to_regclass('pg_temp.leftover')::text AS temporary,
  (SELECT count(*)::int FROM pg_prepared_statements WHERE from_sql) AS prepared`;

describe("a session", () => {
  let database: TestDatabase;
  let client: Client;

  beforeEach(async () => {
    database = await createDatabase({ ownerRole: OWNER_ROLE });
    client = await database.client();
  });

  afterEach(async () => {
    await client.end();
    await database.drop();
  });

  const LEAVINGS: readonly (readonly [what: string, sql: string])[] = [
    ["search_path", "CREATE SCHEMA other; SET search_path = other;"],
    ["a role", "SET ROLE pg_monitor;"],
    ["another session user", "SET SESSION AUTHORIZATION postgres;"],
    ["a time zone and timeouts", "SET TIME ZONE 'Asia/Tokyo'; SET statement_timeout = '1h';"],
    ["a setting of its own, set by a function", "SELECT set_config('app.tenant', '7', false);"],
    ["a temporary table", "CREATE TEMPORARY TABLE leftover (id int);"],
    ["a prepared statement", "PREPARE leftover AS SELECT 1;"],
    [
      "all of it inside DO",
      "DO $$ BEGIN SET search_path = pg_catalog; CREATE TEMPORARY TABLE leftover (id int); END $$;",
    ],
  ];

  for (const [what, sql] of LEAVINGS) {
    it(`is the same for the next file after one that leaves ${what} behind`, async () => {
      if (what === "a role") await client.query(`GRANT pg_monitor TO ${OWNER_ROLE}`);
      await deploy(database, {
        "0001_leave.sql": sql,
        "0002_probe.sql": `${PROBE};\n-- @verify\nSELECT current_setting('search_path') = '"public"';`,
      });
      const { rows } = await client.query<Record<string, unknown>>("SELECT * FROM public.probe");
      const expected = {
        path: '"public"',
        zone: "UTC",
        role: OWNER_ROLE,
        statement: "0",
        temporary: null,
        prepared: 0,
      };
      assert.deepEqual(rows, [{ ...expected, custom: rows[0]?.["custom"] === null ? null : "" }]);
    });
  }

  it("ignores what the database, the role and the server set", async () => {
    await client.query(`ALTER DATABASE ${database.name} SET search_path = pg_catalog`);
    await client.query(`ALTER DATABASE ${database.name} SET statement_timeout = '5min'`);
    await deploy(database, { "0001_probe.sql": `${PROBE};` });
    const { rows } = await client.query<Record<string, unknown>>("SELECT path, statement, zone FROM public.probe");
    assert.deepEqual(rows, [{ path: '"public"', statement: "0", zone: "UTC" }]);
  });

  it("keeps the lock of the deploy when it is reset", async () => {
    const session = await openSession(database);
    await session.query("SELECT pg_advisory_lock(7)");
    await session.reset();
    const other = await client.query<{ taken: boolean }>("SELECT pg_try_advisory_lock(7) AS taken");
    assert.deepEqual(other.rows, [{ taken: false }]);
    await session.close();
  });

  it("has its settings back after a first query that failed", async () => {
    const session = await openSession(database);
    await assert.rejects(session.query("SELECT 1 / 0"));
    assert.deepEqual(await session.query("SELECT current_user::text AS role, current_setting('TimeZone') AS zone"), [
      { role: OWNER_ROLE, zone: "UTC" },
    ]);
    await session.close();
  });

  it("passes every value as text, whatever its type and size", async () => {
    const session = await openSession(database);
    assert.deepEqual(
      await session.query(
        "SELECT $1::bigint AS a, $2::timestamptz AS b, $3::bytea AS c, $4::jsonb AS d, $5::text AS e",
        ["9223372036854775807", "2026-01-19 09:30:00.123456+00", "\\xdeadbeef", '{"a": 1}', null],
      ),
      [{ a: "9223372036854775807", b: "2026-01-19 09:30:00.123456+00", c: "\\xdeadbeef", d: '{"a": 1}', e: null }],
    );
    await session.close();
  });

  it("of a runner that vanished ends in under 30 s: the server asks for signs of life", async () => {
    const session = await openSession(database);
    const [row] = await session.query(`SELECT current_setting('tcp_keepalives_idle')::int
      + current_setting('tcp_keepalives_interval')::int * current_setting('tcp_keepalives_count')::int AS seconds,
      current_setting('client_connection_check_interval') AS running`);
    assert.ok(Number(row?.["seconds"]) < 30);
    assert.equal(row?.["running"], "5s");
    await session.close();
  });
});
