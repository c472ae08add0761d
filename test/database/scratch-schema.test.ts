import assert from "node:assert/strict";
import type { Client } from "pg";
import type { Session } from "../../engine/core/ports.js";
import { isScratch } from "../../engine/core/scratch-schema.js";
import { findScratch } from "../../engine/steps/check/find-scratch.js";
import { deploy, openSession, OWNER_ROLE, refusalOf, type Folder } from "../support/engine.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";

describe("the scratch schema", () => {
  let database: TestDatabase;
  let client: Client;
  let session: Session;

  beforeEach(async () => {
    database = await createDatabase({ ownerRole: OWNER_ROLE });
    client = await database.client();
    session = await openSession(database);
  });

  afterEach(async () => {
    await session.close();
    await client.end();
    await database.drop();
  });

  it("is one schema of the engine's own name, so that nothing of an application is taken for it", () => {
    assert.deepEqual(["holdfast_scratch", "scratch", "HOLDFAST_SCRATCH", "public", "", undefined].filter(isScratch), [
      "holdfast_scratch",
    ]);
  });

  it("takes tables that are made, emptied and dropped in any phase, without a contract and without an approval", async () => {
    const folder: Folder = {
      "0001_create_orders.sql": "CREATE TABLE orders (id bigint PRIMARY KEY, total int);\n",
      "0002_keep_totals.sql":
        "CREATE SCHEMA IF NOT EXISTS holdfast_scratch;\nCREATE TABLE holdfast_scratch.totals AS SELECT id, total FROM orders;\n",
    };
    await deploy(database, folder);
    const later: Folder = {
      ...folder,
      "0003_thin_totals.sql":
        "-- @phase switch\nDELETE FROM holdfast_scratch.totals WHERE total IS NULL;\nTRUNCATE holdfast_scratch.totals;\n",
      "0004_drop_totals.sql": "DROP TABLE holdfast_scratch.totals;\n",
    };
    const { appliedMigrations } = await deploy(database, later, { release: "1.1.0" });
    assert.deepEqual(
      appliedMigrations.map(({ state }) => state),
      ["applied", "applied", "applied", "applied"],
    );
    assert.deepEqual(await findScratch(session), []);
    const beside = { ...later, "0005_go_on.sql": "DROP TABLE orders, holdfast_scratch.totals;\n" };
    assert.equal((await refusalOf(deploy(database, beside, { release: "1.2.0" }))).exitCode, 3);
    const last = { ...later, "0005_go_on.sql": "DROP SCHEMA holdfast_scratch;\n" };
    assert.equal((await deploy(database, last, { release: "1.2.0" })).schemaVersion, "0005");
  });

  it("check names what was left there, as a warning with its DROP, and not what goes with it", async () => {
    assert.deepEqual(await findScratch(session), []);
    await client.query(`CREATE SCHEMA holdfast_scratch;
      CREATE TABLE holdfast_scratch.old_totals (id serial PRIMARY KEY, total int);
      CREATE TABLE holdfast_scratch.parts (id int) PARTITION BY LIST (id);
      CREATE TABLE holdfast_scratch.part_1 PARTITION OF holdfast_scratch.parts FOR VALUES IN (1);
      CREATE VIEW holdfast_scratch."Odd" AS SELECT 1 AS one;
      CREATE TABLE public.old_totals (id int)`);
    const found = await findScratch(session);
    assert.deepEqual(
      found.map(({ level, subject }) => [level, subject]),
      [
        ["warning", 'view holdfast_scratch."Odd"'],
        ["warning", "table holdfast_scratch.old_totals"],
        ["warning", "table holdfast_scratch.parts"],
      ],
    );
    assert.match(found[1]?.next ?? "", /DROP TABLE holdfast_scratch\.old_totals; .*no approval/);
  });
});
