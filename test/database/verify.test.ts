import assert from "node:assert/strict";
import type { Client } from "pg";
import { deploy, OWNER_ROLE, refusalOf, type Folder } from "../support/engine.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";

const TABLE = "CREATE TABLE probe (id int);";
const LATER: Folder = { "0003_create_later.sql": "CREATE TABLE later (id int);" };
/** A file that must go by itself, because its function could do anything. */
const ALONE = "DO $$ BEGIN CREATE TABLE probe (id int); END $$;";

describe("@verify", () => {
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

  const states = async (): Promise<string[]> => {
    const { rows } = await client.query<{ line: string }>(
      "SELECT version || ' ' || state AS line FROM schema_migrations ORDER BY version",
    );
    return rows.map(({ line }) => line);
  };

  for (const [way, body] of [
    ["in a pipeline", TABLE],
    ["in a file that goes alone", ALONE],
  ] as const) {
    for (const [answer, query, message] of [
      ["false", "SELECT count(*) > 0 FROM probe", /gave false/],
      ["NULL", "SELECT NULL::boolean", /gave NULL or no row/],
      ["no row", "SELECT true FROM probe", /gave NULL or no row/],
      ["an error", "SELECT nothing FROM probe", /failed: column "nothing" does not exist/],
      ["two rows", "VALUES (true), (true)", /failed: more than one row/],
      ["a number", "SELECT 1", /failed: .*boolean/],
      ["a comment at its end", "SELECT false -- but why", /gave false/],
    ] as const) {
      it(`${way} that gives ${answer} stops the run; the file stays, unverified`, async () => {
        const folder = { "0001_first.sql": "CREATE TABLE first (id int);", ...LATER };
        const verified = `${body}\n-- @verify\nSELECT true;\n${query};`;
        const error = await refusalOf(deploy(database, { ...folder, "0002_probe.sql": verified }));
        assert.deepEqual([error.code, error.exitCode], ["verify_failed", 3]);
        assert.match(error.message, message);
        assert.deepEqual(error.details.location, { file: "migrations/0002_probe.sql", line: 4, column: 1 });
        assert.deepEqual(error.details.applied, ["0001_first.sql", "0002_probe.sql"]);
        assert.deepEqual(await states(), ["0001 applied", "0002 unverified"]);
      });
    }
  }

  it("is asked again first by the next run, and everything waits until it is true", async () => {
    const folder = { "0002_probe.sql": `${TABLE}\n-- @verify\nSELECT count(*) > 0 FROM probe;` };
    await refusalOf(deploy(database, folder));
    const error = await refusalOf(deploy(database, { ...folder, ...LATER }));
    assert.equal(error.code, "verify_failed");
    assert.deepEqual(await states(), ["0002 unverified"]);
    await client.query("INSERT INTO probe VALUES (1)");
    const result = await deploy(database, { ...folder, ...LATER });
    assert.deepEqual(
      result.ran.map(({ version, state }) => [version, state]),
      [
        ["0002", "applied"],
        ["0003", "applied"],
      ],
    );
  });

  it("cannot change anything", async () => {
    const function_ =
      "CREATE FUNCTION sneak() RETURNS boolean LANGUAGE sql AS 'INSERT INTO probe VALUES (1) RETURNING true';";
    const error = await refusalOf(
      deploy(database, { "0001_probe.sql": `${TABLE}\n${function_}\n-- @verify\nSELECT sneak();` }),
    );
    assert.equal(error.code, "verify_failed");
    assert.match(error.message, /read-only transaction/);
  });
});
