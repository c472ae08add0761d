import assert from "node:assert/strict";
import type { Client } from "pg";
import { compareFingerprints, type Fingerprint } from "../../engine/core/fingerprint.js";
import { readFingerprint, storeFingerprint, takeFingerprint } from "../../engine/steps/take-fingerprint.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";
import { startTestRun, type TestRun } from "../support/test-run.js";

const SCHEMA = `
CREATE SCHEMA app;
CREATE TYPE app.mood AS ENUM ('sad', 'ok');
CREATE DOMAIN app.positive AS int CHECK (VALUE > 0);
CREATE TABLE app.people (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, mood app.mood DEFAULT 'ok', age app.positive);
CREATE TABLE app.notes (id serial PRIMARY KEY, person bigint REFERENCES app.people, body text, CHECK (body <> ''));
CREATE INDEX notes_by_person ON app.notes (person) WHERE body IS NOT NULL;
CREATE VIEW app.happy AS SELECT id, name FROM app.people WHERE mood = 'ok';
CREATE FUNCTION app.count_notes(p bigint) RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM app.notes WHERE person = p';
CREATE AGGREGATE app.total (int) (SFUNC = int4pl, STYPE = int);
CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER touch BEFORE UPDATE ON app.notes FOR EACH ROW EXECUTE FUNCTION app.touch();
CREATE RULE quiet AS ON DELETE TO app.notes DO INSTEAD NOTHING;
CREATE POLICY own ON app.people USING (name = current_user);
CREATE SEQUENCE app.tickets;
CREATE STATISTICS app.together ON person, body FROM app.notes;
CREATE TABLE app.log (at date, line text) PARTITION BY RANGE (at);
CREATE TABLE app.log_2026 PARTITION OF app.log FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')`;

describe("the fingerprint", () => {
  let database: TestDatabase;
  let client: Client;
  let run: TestRun;

  beforeEach(async () => {
    database = await createDatabase();
    client = await database.client();
    await client.query(SCHEMA);
    run = await startTestRun(database);
  });

  afterEach(async () => {
    await run.close();
    await client.end();
    await database.drop();
  });

  const take = (): Promise<Fingerprint> => takeFingerprint(run.ctx.session);
  const drift = async (sql: string): Promise<[string, string][]> => {
    const before = await take();
    await client.query(sql);
    return compareFingerprints(before, await take()).map(({ object, change }) => [change, object]);
  };

  describe("names what has drifted:", () => {
    const cases: [sql: string, expected: [string, string][]][] = [
      ["ALTER TABLE app.people ADD COLUMN email text", [["added", "column app.people.email"]]],
      ["ALTER TABLE app.people ALTER COLUMN name DROP NOT NULL", [["changed", "column app.people.name"]]],
      ["ALTER TABLE app.people ALTER COLUMN mood SET DEFAULT 'sad'", [["changed", "column app.people.mood"]]],
      ["ALTER TABLE app.people ENABLE ROW LEVEL SECURITY", [["changed", "table app.people"]]],
      ["DROP INDEX app.notes_by_person", [["removed", "index app.notes_by_person"]]],
      [
        "ALTER TABLE app.notes DROP CONSTRAINT notes_body_check",
        [["removed", "constraint notes_body_check on app.notes"]],
      ],
      ["CREATE OR REPLACE VIEW app.happy AS SELECT id, name FROM app.people", [["changed", "view app.happy"]]],
      ["ALTER TABLE app.notes DISABLE TRIGGER touch", [["changed", "trigger touch on app.notes"]]],
      [
        "CREATE OR REPLACE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
        [["changed", "function app.touch()"]],
      ],
      ["DROP AGGREGATE app.total (int)", [["removed", "function app.total(integer)"]]],
      ["ALTER TYPE app.mood ADD VALUE 'glad'", [["changed", "type app.mood"]]],
      ["ALTER DOMAIN app.positive SET DEFAULT 1", [["changed", "type app.positive"]]],
      ["DROP POLICY own ON app.people", [["removed", "policy own on app.people"]]],
      ["DROP RULE quiet ON app.notes", [["removed", "rule quiet on app.notes"]]],
      ["ALTER SEQUENCE app.tickets INCREMENT 2", [["changed", "sequence app.tickets"]]],
      ["DROP STATISTICS app.together", [["removed", "statistics app.together"]]],
      ["CREATE PUBLICATION outside FOR TABLE app.people", [["added", "publication outside"]]],
      ["CREATE SCHEMA other", [["added", "schema other"]]],
      [
        "ALTER TABLE app.notes ADD CONSTRAINT later CHECK (id > 0) NOT VALID",
        [["added", "constraint later on app.notes"]],
      ],
    ];
    for (const [sql, expected] of cases) {
      it(sql, async () => assert.deepEqual(await drift(sql), expected));
    }
  });

  describe("does not move for:", () => {
    const cases: [title: string, sql: string][] = [
      [
        "rows, sequence values and statistics",
        "INSERT INTO app.people (name) VALUES ('Ada'); SELECT nextval('app.tickets'); ANALYZE",
      ],
      ["grants", "GRANT SELECT ON app.people TO PUBLIC"],
      ["a comment", "COMMENT ON TABLE app.people IS 'people'"],
      ["an OID", "DROP VIEW app.happy; CREATE VIEW app.happy AS SELECT id, name FROM app.people WHERE mood = 'ok'"],
      ["a column that came and went", "ALTER TABLE app.people ADD COLUMN x int; ALTER TABLE app.people DROP COLUMN x"],
      ["a temporary table", "CREATE TEMP TABLE scratch (a int)"],
      [
        "the engine's own tables",
        "CREATE TABLE holdfast.anything (a int); INSERT INTO settings (key, value) VALUES ('a', 'b')",
      ],
      ["a client's search_path", "ALTER DATABASE :name SET search_path = app"],
    ];
    for (const [title, sql] of cases) {
      it(title, async () => assert.deepEqual(await drift(sql.replace(":name", `"${database.name}"`)), []));
    }
  });

  it("is the same for two databases of the same schema, whatever else happened there", async () => {
    const other = await createDatabase();
    try {
      const second = await other.client();
      await second.query(`CREATE TABLE noise (a int); DROP TABLE noise; ${SCHEMA}`);
      await second.end();
      const otherRun = await startTestRun(other);
      assert.deepEqual(await takeFingerprint(otherRun.ctx.session), await take());
      await otherRun.close();
    } finally {
      await other.drop();
    }
  });

  it("has the application's own settings table, where it is of another shape", async () => {
    const before = await take();
    assert.ok(!Object.keys(before.objects).some((name) => name.includes("settings")));
    await client.query("DROP TABLE settings; CREATE TABLE settings (owner int, theme text)");
    const now = Object.keys((await take()).objects);
    assert.ok(now.includes("column public.settings.theme"));
  });

  it("is kept in the database and read back the same", async () => {
    assert.equal(await readFingerprint(run.ctx.session), undefined);
    await storeFingerprint(run.ctx);
    await client.query("ALTER TABLE app.people ADD COLUMN email text");
    const stored = await storeFingerprint(run.ctx);
    assert.deepEqual(await readFingerprint(run.ctx.session), stored);
    assert.ok(Object.keys(stored.objects).includes("column app.people.email"));
  });

  it("of another major version is not compared: it is taken anew", async () => {
    const now = await take();
    assert.deepEqual(compareFingerprints({ serverMajor: now.serverMajor - 1, objects: {} }, now), []);
  });
});
