import assert from "node:assert/strict";
import type { Client } from "pg";
import { duePurges } from "../../engine/core/due-purges.js";
import type { KillPoint } from "../../engine/core/kill-points.js";
import { ConnectionLost } from "../../engine/core/ports.js";
import { applyContract } from "../../engine/steps/contracts/apply-contract.js";
import { purgeRetired } from "../../engine/steps/contracts/purge-retired.js";
import { undoRetired } from "../../engine/steps/contracts/undo-retired.js";
import { takeFingerprint } from "../../engine/steps/take-fingerprint.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";
import { startTestRun, type TestRun } from "../support/test-run.js";

const CONTRACT = `-- @phase contract
-- @closes 0001
ALTER TABLE users DROP COLUMN name;
DELETE FROM users WHERE id > 90;
DROP VIEW seen;
DROP TABLE logs;
`;

const SCHEMA = `CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL, age int CHECK (age > 0));
  INSERT INTO users SELECT n, 'user ' || n, n FROM generate_series(1, 100) n;
  CREATE TABLE logs (id int PRIMARY KEY, author int REFERENCES users);
  CREATE VIEW seen AS SELECT id FROM users`;

describe("a contract killed half-way", () => {
  let database: TestDatabase;
  let client: Client;

  beforeEach(async () => {
    await start();
  });

  afterEach(async () => {
    await end();
  });

  /** What the next run does: it goes by the history alone. */
  async function step(run: TestRun, what: "contract" | "purge" | "undo"): Promise<void> {
    const { history } = await run.ctx.history.load(run.ctx.session);
    const state = history.find(({ version }) => version === "0022")?.state;
    if (what === "contract" && state === undefined) {
      await applyContract(run.ctx, run.analyse(CONTRACT, "0022_drop_old.sql"), { purgeAtOnce: false });
    }
    if (what === "purge") await purgeRetired({ ...run.ctx, release: "1.1.0" }, duePurges(history, new Date(), "1.1.0"));
    if (what === "undo") assert.deepEqual((await undoRetired(run.ctx, "0022")).broken, []);
  }

  async function withRun(dieAt: KillPoint | undefined, work: (run: TestRun) => Promise<void>): Promise<TestRun> {
    const run = await startTestRun(database, dieAt === undefined ? {} : { dieAt });
    try {
      await work(run);
    } finally {
      await run.close();
    }
    return run;
  }

  async function everything(): Promise<unknown> {
    const seen: unknown[] = [];
    await withRun(undefined, async (run) => {
      const { history } = await run.ctx.history.load(run.ctx.session);
      seen.push(
        (await takeFingerprint(run.ctx.session)).objects,
        history.map(({ version, state }) => [version, state]),
      );
    });
    for (const query of [
      "SELECT sum(hashtext(u::text)) AS rows, count(*) FROM users u",
      "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace('holdfast_retired') ORDER BY 1",
      "SELECT version, position, kind, object FROM holdfast.retired_objects ORDER BY 1, 2",
    ]) {
      seen.push((await client.query(query)).rows);
    }
    return seen;
  }

  const STAGES: [what: "contract" | "purge" | "undo", before: ("contract" | "purge")[], points: KillPoint[]][] = [
    ["contract", [], ["contract-before-journal", "contract-before-commit", "contract-after-commit"]],
    ["purge", ["contract"], ["purge-before-journal", "purge-before-commit", "purge-after-commit"]],
    ["undo", ["contract"], ["undo-before-commit", "undo-after-commit", "undo-validated"]],
  ];
  for (const [what, before, points] of STAGES) {
    for (const point of points) {
      it(`at ${point}: the next run ends where an undisturbed one does`, async () => {
        await withRun(undefined, async (run) => {
          for (const earlier of before) await step(run, earlier);
        });
        const killed = await withRun(point, (run) => assert.rejects(step(run, what), ConnectionLost));
        assert.ok(killed.reached.includes(point));
        await withRun(undefined, (run) => step(run, what));
        const disturbed = await everything();
        await end();
        await start();
        await withRun(undefined, async (run) => {
          for (const earlier of before) await step(run, earlier);
          await step(run, what);
        });
        assert.deepEqual(disturbed, await everything());
      });
    }
  }

  async function start(): Promise<void> {
    database = await createDatabase();
    client = await database.client();
    await client.query(SCHEMA);
  }

  async function end(): Promise<void> {
    await client.end();
    await database.drop();
  }
});
