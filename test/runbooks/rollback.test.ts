import assert from "node:assert/strict";
import { playRunbook } from "../support/play-runbook.js";
import type { RunbookWorld } from "../support/runbook-world.js";

const EXPAND =
  "ALTER TABLE users ADD COLUMN full_name text;\n\n-- @rollback\nALTER TABLE users DROP COLUMN full_name;\n";
const CONTRACT = "-- @phase contract\n-- @closes 0002\nALTER TABLE users DROP COLUMN name;\n";

async function release(world: RunbookWorld, version: string, files: Record<string, string>): Promise<void> {
  world.project.write({ "package.json": JSON.stringify({ name: "shop", version }), ...files });
  await approvePending(world);
  world.project.commit();
  world.project.git("tag", `v${version}`);
  const { exitCode, stderr } = await world.holdfast("migrate", "dev", "--include-held");
  assert.equal(exitCode, 0, stderr);
}

/** As `holdfast plan` prints it: version and checksum. */
async function approvePending(world: RunbookWorld): Promise<void> {
  const plan = await world.holdfast("plan", "dev", "--json");
  const { steps } = plan.json() as { steps: { action: string; version: string; checksum: string }[] };
  const held = steps.filter(({ action }) => action === "hold");
  const approvals = held.map(({ version, checksum }) => ({ version, checksum, by: "ann" }));
  world.project.write({ "holdfast.json": JSON.stringify({ instances: { dev: { approvals } } }) });
}

playRunbook("rollback", {
  stage: async (world) => {
    await release(world, "1.1.0", { "migrations/0002_add_full_name.sql": EXPAND });
    await release(world, "1.2.0", { "migrations/0003_drop_name.sql": CONTRACT });
    assert.deepEqual(
      await world.rows("SELECT FROM information_schema.columns WHERE table_name = 'users' AND column_name = 'name'"),
      [],
    );
  },
  steps: {
    1: { promises: ({ stdout }) => assert.match(stdout, /dev +0003 +1\.2\.0[^]*retired +0003/) },
    2: { promises: ({ stdout }) => assert.match(stdout, /un-retire/) },
    3: { promises: ({ stdout }) => assert.match(stdout, /0003 is undone on dev\.[^]*public\.users\.name/) },
    4: { promises: (_, { project }) => assert.match(project.git("describe", "--tags"), /^v1\.1\.0$/) },
    5: { promises: ({ stdout }) => assert.match(stdout, /nothing to do/) },
    6: { promises: ({ stdout }) => assert.match(stdout, /dev: sound/) },
    7: { promises: (_, { project }) => assert.match(project.git("describe", "--tags"), /^v1\.2\.0$/) },
    8: {
      answers: [[/Type dev to roll it back/, "dev"]],
      promises: ({ stdout }) => assert.match(stdout, /rolled back/),
    },
    9: { promises: ({ stdout }) => assert.match(stdout, /dev +0001/) },
  },
  end: async (world) => {
    assert.deepEqual(await world.rows("SELECT count(*), count(name) AS names FROM users"), [
      { count: "100", names: "100" },
    ]);
    assert.deepEqual(
      await world.rows(
        "SELECT FROM information_schema.columns WHERE table_name = 'users' AND column_name = 'full_name'",
      ),
      [],
    );
  },
});
