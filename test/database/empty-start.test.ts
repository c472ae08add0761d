import assert from "node:assert/strict";
import type { Client } from "pg";
import { systemClock } from "../../engine/adapters/system-clock.js";
import { atKillPoint, deploy, OWNER_ROLE, refusalOf, type Folder, type TestRequest } from "../support/engine.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";

const FOLDER: Folder = {
  "0001_create_users.sql": "CREATE TABLE users (id bigint PRIMARY KEY, name text);",
  "0002_add_users_full_name.sql": "ALTER TABLE users ADD COLUMN full_name text;",
  "0003_insert_users.sql": "DO $$ BEGIN INSERT INTO users VALUES (1, NULL, 'Ada'); END $$;",
  "0004_drop_users_name.sql": "-- @phase contract\n-- @closes 0002\nALTER TABLE users DROP COLUMN name;",
};
const HOUR = 60 * 60_000;

/** Dies without a word, as a killed process does. */
const killedAt = (point: Parameters<typeof atKillPoint>[0]): TestRequest => ({
  world: atKillPoint(point, () => {
    throw new Error("killed");
  }),
});

describe("a first deploy, to an empty database", () => {
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

  const contract = async (): Promise<string | undefined> => {
    const { rows } = await client.query<{ state: string }>(
      "SELECT state FROM schema_migrations WHERE version = '0004'",
    );
    return rows[0]?.state;
  };

  it("runs contracts at once: nothing is there yet that could be lost", async () => {
    await deploy(database, FOLDER);
    assert.equal(await contract(), "applied");
    const { rows } = await client.query(
      "SELECT attname FROM pg_attribute WHERE attrelid = 'users'::regclass AND attnum = 2",
    );
    assert.deepEqual(rows, [{ attname: "........pg.dropped.2........" }]);
  });

  it("that is killed halfway is still the first when it is run again", async () => {
    await assert.rejects(deploy(database, FOLDER, killedAt("file-committed")), /killed/);
    await deploy(database, FOLDER);
    assert.equal(await contract(), "applied");
  });

  it("that is stopped by Ctrl-C is still the first when it is run again", async () => {
    const stop = new AbortController();
    const stopping = { signal: stop.signal, world: atKillPoint("pipeline-committed", () => stop.abort()) };
    const error = await refusalOf(deploy(database, FOLDER, stopping));
    assert.deepEqual([error.code, error.exitCode], ["interrupted", 4]);
    assert.deepEqual(error.details.applied, ["0001_create_users.sql", "0002_add_users_full_name.sql"]);
    await deploy(database, FOLDER);
    assert.equal(await contract(), "applied");
  });

  it("is no longer the first an hour later, when the application may have been used", async () => {
    await assert.rejects(deploy(database, FOLDER, killedAt("file-committed")), /killed/);
    const later = { ...systemClock, now: () => new Date(Date.now() + HOUR) };
    await deploy(database, FOLDER, { world: { clock: later } });
    assert.equal(await contract(), "held");
  });

  it("is no longer the first for another release", async () => {
    await assert.rejects(deploy(database, FOLDER, killedAt("pipeline-committed")), /killed/);
    await deploy(database, FOLDER, { release: "0.9.0" });
    assert.equal(await contract(), "held");
  });

  it("is no longer the first after a file of it failed", async () => {
    await refusalOf(deploy(database, { ...FOLDER, "0003_insert_users.sql": "SELECT 1 / 0;" }));
    await deploy(database, FOLDER);
    assert.equal(await contract(), "held");
  });
});
