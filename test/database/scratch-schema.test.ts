import assert from "node:assert/strict";
import type { Client } from "pg";
import type { Session } from "../../engine/core/ports.js";
import { isScratch } from "../../engine/core/scratch-schema.js";
import { findScratch } from "../../engine/steps/check/find-scratch.js";
import { openSession, OWNER_ROLE } from "../support/engine.js";
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
