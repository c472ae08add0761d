import assert from "node:assert/strict";
import type { Client } from "pg";
import { pgSessions } from "../../engine/adapters/pg-session.js";
import { deploy, OWNER_ROLE, planDeploy, refusalOf, settingsFor, type Folder } from "../support/engine.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";

const EXPAND: Folder = {
  "0001_create_users.sql": "CREATE TABLE users (id bigint PRIMARY KEY, name text);",
  "0002_add_users_full_name.sql": "ALTER TABLE users ADD COLUMN full_name text;",
};
const WHOLE: Folder = {
  ...EXPAND,
  "0003_index_users_name.sql": "CREATE INDEX CONCURRENTLY users_name_idx ON users (name);",
  "0004_fill_users_full_name.sql":
    "-- @phase backfill\n-- @batch table=users key=id\nUPDATE users SET full_name = name WHERE id BETWEEN :from AND :to;",
  "0005_drop_users_name.sql": "-- @phase contract\n-- @closes 0002\nALTER TABLE users DROP COLUMN name;",
};

describe("a plan", () => {
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

  it("says what would run, how, and what it locks; nothing changes", async () => {
    await deploy(database, EXPAND);
    const plan = await planDeploy(database, WHOLE);
    assert.deepEqual(
      plan.steps.map(({ action, version, execution, locks, gate }) => ({ action, version, execution, locks, gate })),
      [
        { action: "run", version: "0003", execution: "outside", locks: [], gate: null },
        { action: "run", version: "0004", execution: "backfill", locks: [], gate: null },
        { action: "hold", version: "0005", execution: "contract", locks: ['"users"'], gate: "release" },
      ],
    );
    assert.deepEqual([plan.schemaVersion, plan.takesBackup, plan.isAhead], ["0002", true, false]);
    const { rows } = await client.query("SELECT version FROM schema_migrations");
    assert.equal(rows.length, 2);
  });

  it("of an empty database needs nothing made before", async () => {
    const plan = await planDeploy(database, WHOLE);
    assert.deepEqual(
      plan.steps.map(({ action }) => action),
      ["run", "run", "run", "run", "run"],
    );
    const { rows } = await client.query("SELECT FROM pg_namespace WHERE nspname = 'holdfast'");
    assert.equal(rows.length, 0);
  });

  it("is empty where nothing is to be done", async () => {
    await deploy(database, EXPAND);
    const plan = await planDeploy(database, EXPAND);
    assert.deepEqual([plan.steps, plan.takesBackup], [[], false]);
  });

  it("refuses what the deploy would refuse", async () => {
    await deploy(database, { "0002_create_users.sql": "CREATE TABLE users (id bigint);" });
    const folder = {
      "0001_create_late.sql": "CREATE TABLE late (id int);",
      "0002_create_users.sql": "CREATE TABLE users (id bigint);",
    };
    assert.equal((await refusalOf(planDeploy(database, folder))).code, "out_of_order");
    assert.equal((await refusalOf(planDeploy(database, folder, { environment: "prod" }))).code, "wrong_environment");
  });

  it("works over a session in which the server allows no change", async () => {
    const session = await pgSessions(settingsFor(database)).open("read-only");
    await assert.rejects(session.execute("CREATE TABLE t (id int)"), { sqlState: "25006" });
    await session.close();
  });
});
