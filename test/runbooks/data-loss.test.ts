import assert from "node:assert/strict";
import { playRunbook } from "../support/play-runbook.js";

let lastGood = "";

playRunbook("data-loss", {
  stage: async (world) => {
    world.project.write({
      "migrations/0002_create_orders.sql": "CREATE TABLE orders (id bigint PRIMARY KEY, total int);\n",
    });
    assert.equal((await world.holdfast("migrate", "dev")).exitCode, 0);
    const client = await world.client();
    await client.query("INSERT INTO orders SELECT n, n * 10 FROM generate_series(1, 500) n");
    const { rows } = await client.query<{ at: string }>("SELECT clock_timestamp()::text AS at");
    lastGood = rows[0]?.at ?? "";
    await client.query("DROP TABLE users");
    await client.query("INSERT INTO orders VALUES (501, 0)");
    await client.end();
  },
  steps: {
    1: { promises: ({ stdout }) => assert.match(stdout, /^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d/m) },
    2: { exitCode: 3, promises: ({ stdout }) => assert.match(stdout, /users.* was (removed|dropped)/) },
    3: { promises: ({ stdout }) => assert.match(stdout, /restore/) },
    4: { promises: ({ stdout }) => assert.match(stdout, /dev +\S+-v0001/) },
    5: {
      values: () => ({ time: lastGood }),
      promises: ({ stdout }) => {
        assert.match(stdout, /dev-restored/);
        assert.match(stdout, /users/, "the lost table is in the list of differences");
      },
    },
    6: { values: () => ({ table: "users" }), promises: ({ stdout }) => assert.match(stdout, /^100$/m) },
    7: { promises: ({ stdout }) => assert.match(stdout, /dev is now what was dev-restored[^]*before +\S+, stopped/) },
    8: { promises: ({ stdout }) => assert.match(stdout, /nothing to do/) },
    9: { promises: ({ stdout }) => assert.match(stdout, /dev: sound/) },
    10: { promises: ({ stdout }) => assert.match(stdout, /Backed up dev as/) },
  },
  end: async (world) => {
    assert.deepEqual(await world.rows("SELECT count(*), min(name) AS first FROM users"), [
      { count: "100", first: "name 1" },
    ]);
    assert.deepEqual(await world.rows("SELECT count(*), sum(total) AS total FROM orders"), [
      { count: "500", total: "1252500" },
    ]);
  },
});
