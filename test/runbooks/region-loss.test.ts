import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { playRunbook } from "../support/play-runbook.js";

const place = mkdtempSync(join(tmpdir(), "holdfast second place "));

playRunbook("region-loss", {
  stage: async (world) => {
    world.project.write({ "holdfast.json": JSON.stringify({ instances: { dev: { backupTo: [place] } } }) });
    const { exitCode, stderr } = await world.holdfast("backup", "dev");
    assert.equal(exitCode, 0, stderr);
    await world.holdfast("local", "stop", "dev");
    rmSync(join(world.root.path, world.projectName), { recursive: true });
  },
  clear: async () => {
    rmSync(place, { recursive: true, force: true });
    return Promise.resolve();
  },
  steps: {
    1: { promises: ({ stdout }) => assert.match(stdout, /dev +\S+-v0001/) },
    2: { promises: ({ stdout }) => assert.match(stdout, /dev-restored/) },
    3: { promises: ({ stdout }) => assert.match(stdout, /dev-restored: sound/) },
    4: { promises: ({ stdout }) => assert.match(stdout, /dev is now what was dev-restored/) },
    5: { promises: ({ stdout }) => assert.match(stdout, /nothing to do/) },
    6: { promises: ({ stdout }) => assert.match(stdout, /Backed up dev as/) },
  },
  end: async (world) => {
    assert.deepEqual(await world.rows("SELECT count(*), min(name) AS first FROM users"), [
      { count: "100", first: "name 1" },
    ]);
  },
});
