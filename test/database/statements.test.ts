import assert from "node:assert/strict";
import type { Client } from "pg";
import { deploy, OWNER_ROLE, recordProgress, refusalOf } from "../support/engine.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";

const TABLE = "CREATE TABLE probe (id int);";

describe("the statements of a file", () => {
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

  it("may ask the same question before and after the table changes", async () => {
    const ask = "SELECT * FROM probe;\n";
    const text = `${TABLE}\n${ask.repeat(5)}ALTER TABLE probe ADD COLUMN name text;\n${ask}`;
    const { ran } = await deploy(database, { "0001_probe.sql": text });
    assert.deepEqual(
      ran.map(({ state }) => state),
      ["applied"],
    );
  });

  it("may forget all prepared statements between others that repeat", async () => {
    const insert = "INSERT INTO probe VALUES (1);\n";
    const text = `${TABLE}\n${insert.repeat(5)}DEALLOCATE ALL;\n${insert}`;
    await deploy(database, { "0001_probe.sql": text });
    const { rows } = await client.query("SELECT FROM probe");
    assert.equal(rows.length, 6);
  });

  it("may call a procedure that an earlier file has made", async () => {
    const { ran } = await deploy(database, {
      "0001_probe.sql": TABLE,
      "0002_fill.sql": "CREATE PROCEDURE fill() LANGUAGE sql AS 'INSERT INTO probe VALUES (1)';",
      "0003_call.sql": "CALL fill();",
    });
    assert.equal(ran.length, 3);
  });

  it("that fail to reach another server are told with their place: the deploy's own connection is sound", async () => {
    const failing =
      "DO $$ BEGIN\n  RAISE EXCEPTION 'could not establish connection' USING ERRCODE = 'sqlclient_unable_to_establish_sqlconnection';\nEND $$;";
    const error = await refusalOf(deploy(database, { "0001_probe.sql": TABLE, "0002_fetch.sql": failing }));
    assert.deepEqual([error.code, error.details.sqlState], ["statement_failed", "08001"]);
    assert.match(error.message, /0002_fetch\.sql:1:1: could not establish connection/);
    assert.deepEqual(error.details.applied, ["0001_probe.sql"]);
  });

  it("may raise more notices than anybody reads: the first are told, the rest are counted", async () => {
    const { events, progress } = recordProgress();
    const noisy = "DO $$ BEGIN FOR i IN 1..20000 LOOP RAISE NOTICE 'row %', i; END LOOP; END $$;";
    await deploy(database, { "0001_noise.sql": noisy }, { progress });
    const notes = events.flatMap((event) => (event.kind === "note" ? event.message : []));
    assert.deepEqual(
      [notes.length, notes[0], notes.at(-1)],
      [1001, "NOTICE: row 1", "… and 19000 more notices of the server"],
    );
  });

  it("may live in a schema whose name needs quoting, also after a first deploy that failed", async () => {
    await client.query(`CREATE SCHEMA "we""ird.Name" AUTHORIZATION ${OWNER_ROLE}`);
    const request = { connection: { schema: 'we"ird.Name' } };
    await refusalOf(deploy(database, { "0001_probe.sql": `${TABLE}\nSELECT 1 / 0;` }, request));
    await deploy(database, { "0001_probe.sql": TABLE }, request);
    const { rows } = await client.query(
      "SELECT tablename FROM pg_tables WHERE schemaname = 'we\"ird.Name' AND tablename IN ('probe', 'settings')",
    );
    assert.equal(rows.length, 2);
  });
});
