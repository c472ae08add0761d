import assert from "node:assert/strict";
import type { Client } from "pg";
import type { CliRun } from "../support/cli.js";
import { playRunbook } from "../support/play-runbook.js";
import { until } from "../support/until.js";

let forgotten: Client;
let waiting: Promise<CliRun>;
let pid = "";

playRunbook("stuck-lock", {
  stage: async (world) => {
    forgotten = await world.client();
    await forgotten.query("SET application_name = 'forgotten terminal'");
    await forgotten.query("BEGIN");
    await forgotten.query("INSERT INTO users VALUES (101, 'not committed')");
    world.project.write({ "migrations/0002_add_email.sql": "ALTER TABLE users ADD COLUMN email text;\n" });
    waiting = world.holdfast("migrate", "dev");
    const client = await world.client();
    await until("the deploy holds its lock and waits", async () => {
      const { rows } = await client.query("SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted");
      return rows.length > 0;
    });
    await client.end();
  },
  steps: {
    1: {
      promises: ({ stdout }) => {
        const row = stdout.split("\n").find((line) => line.includes("forgotten terminal"));
        assert.match(row ?? "", /idle in transaction/);
        pid = row?.split(/\s+/)[0] ?? "";
      },
    },
    2: { promises: ({ stdout }) => assert.match(stdout, /holdfast.*\n\(1 row\)/) },
    3: { promises: ({ stdout }) => assert.match(stdout, /no rows/) },
    4: {
      values: () => ({ pid }),
      promises: async ({ stdout }) => {
        assert.match(stdout, /^t$/m);
        const { exitCode, stderr } = await waiting;
        assert.equal(exitCode, 0, `the deploy that waited goes on by itself: ${stderr}`);
      },
    },
    5: { promises: ({ stdout }) => assert.match(stdout, /dev is at schema 0002.*nothing to do/) },
    6: { promises: ({ stdout }) => assert.match(stdout, /dev: sound/) },
  },
  end: async (world) => {
    assert.deepEqual(await world.rows("SELECT count(*), count(email) AS emails FROM users"), [
      { count: "100", emails: "0" },
    ]);
  },
});
