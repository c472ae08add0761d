import assert from "node:assert/strict";
import { pgSessions } from "../../engine/adapters/pg-session.js";
import { fingerprintDigest } from "../../engine/core/fingerprint.js";
import type { Session } from "../../engine/core/ports.js";
import { inspectRestored, type InspectionRequest } from "../../engine/steps/drill/inspect-restored.js";
import { takeFingerprint } from "../../engine/steps/take-fingerprint.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";

function asSuperuser({ name, host, port, user, password }: TestDatabase) {
  return { host, port, user, password, database: name, schema: "public" };
}

describe("the inspection of a restored database", () => {
  let database: TestDatabase;
  let session: Session;
  const inspect = (changes: Partial<InspectionRequest> = {}) =>
    inspectRestored({
      ...{ session, expected: null, isThorough: true, progress: () => undefined },
      ...{ signal: new AbortController().signal, ...changes },
    });

  before(async () => {
    database = await createDatabase();
    const client = await database.client();
    await client.query("CREATE TABLE users (id int PRIMARY KEY, name text UNIQUE)");
    await client.query("INSERT INTO users SELECT each, 'user ' || each FROM generate_series(1, 500) AS each");
    await client.query("CREATE TABLE notes (id int PRIMARY KEY, body text)");
    await client.query("ALTER TABLE notes ALTER body SET STORAGE EXTERNAL");
    await client.query("INSERT INTO notes VALUES (1, repeat('long ', 10000))");
    await client.end();
    session = await pgSessions(asSuperuser(database)).open("migrate");
  });
  after(async () => {
    await session.close();
    await database.drop();
  });

  it("reads every page, compares every index with its table, counts, and writes; nothing of it stays", async () => {
    const expected = {
      tables: [
        { table: "public.notes", rows: 1 },
        { table: "public.users", rows: 500 },
      ],
      schemaVersion: null,
      fingerprint: fingerprintDigest(await takeFingerprint(session)),
    };
    const found = await inspect({ expected });
    assert.deepEqual(found.findings, []);
    assert.deepEqual([found.tables, found.rows, found.isSchemaSame, found.takesWrites], [2, 501, true, true]);
    assert.ok(found.indexes !== null && found.indexes > 100, `${found.indexes} indexes, those of the catalog too`);
    assert.ok(found.bytesRead !== null && found.bytesRead > 60_000);
    const [left] = await session.query(
      "SELECT to_regnamespace('holdfast_drill') AS drill, to_regnamespace('holdfast_amcheck') AS amcheck, (SELECT count(*) FROM pg_extension WHERE extname = 'amcheck') AS installed",
    );
    assert.deepEqual(left, { drill: null, amcheck: null, installed: "0" });
  });

  it("says nothing of what it was not asked for", async () => {
    const found = await inspect({ isThorough: false });
    assert.deepEqual(
      [found.tables, found.rows, found.isSchemaSame, found.indexes, found.bytesRead, found.verified],
      [null, null, null, null, null, null],
    );
    assert.equal(found.takesWrites, true);
  });

  it("finds a table with other rows, one that is missing, and one that should not be there", async () => {
    const tables = [
      { table: "public.users", rows: 499 },
      { table: "public.gone", rows: 3 },
    ];
    const { findings } = await inspect({ expected: { tables, schemaVersion: null, fingerprint: null } });
    assert.deepEqual(
      findings.map(({ about, level, message }) => [about, level, message]),
      [
        [
          "rows",
          "fault",
          "It restores with other rows than it was taken with: public.gone is missing; public.notes should not be there; public.users has 500 rows instead of 499.",
        ],
      ],
    );
  });

  it("warns of a schema that is not the one of then", async () => {
    const expected = { tables: [{ table: "public.users", rows: null }], schemaVersion: null, fingerprint: "another" };
    const { findings, isSchemaSame } = await inspect({ expected, isThorough: false });
    assert.equal(isSchemaSame, false);
    assert.deepEqual(
      findings.filter(({ about }) => about === "drift").map(({ level }) => level),
      ["warning"],
    );
  });

  it("finds a database that takes no writes", async () => {
    await session.execute("SET default_transaction_read_only = on");
    const { findings, takesWrites } = await inspect({ isThorough: false });
    await session.execute("SET default_transaction_read_only = off");
    assert.equal(takesWrites, false);
    assert.deepEqual(
      findings.map(({ about, level, message }) => [about, level, message]),
      [
        [
          "write",
          "fault",
          "The restored database does not take writes: cannot execute CREATE SCHEMA in a read-only transaction.",
        ],
      ],
    );
    assert.deepEqual((await inspect({ isThorough: false })).findings, []);
  });

  it("is over with what the database cannot do at its commit", async () => {
    const client = await database.client();
    await client.query(`CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END $$`);
    await client.query(`CREATE FUNCTION at_commit() RETURNS event_trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF to_regclass('holdfast_drill.written') IS NOT NULL THEN
          CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON holdfast_drill.written DEFERRABLE INITIALLY DEFERRED
          FOR EACH ROW EXECUTE FUNCTION full_disk();
        END IF;
      END $$`);
    await client.query(
      "CREATE EVENT TRIGGER late ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION at_commit()",
    );
    const { takesWrites, findings } = await inspect({ isThorough: false });
    await client.query("DROP EVENT TRIGGER late");
    await client.end();
    assert.equal(takesWrites, false);
    assert.match(findings[0]!.message, /no space left/);
  });
});
