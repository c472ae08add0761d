import assert from "node:assert/strict";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { playRunbook } from "../support/play-runbook.js";
import type { RunbookWorld } from "../support/runbook-world.js";

/** Flips bytes in the middle of a page of what lies on the disk, while the server is down. */
async function damage(world: RunbookWorld, relation: string): Promise<void> {
  const client = await world.client();
  const { rows } = await client.query<{ path: string }>("SELECT pg_relation_filepath($1) AS path", [relation]);
  await client.end();
  await world.holdfast("local", "stop", "dev");
  const file = await open(join((await world.local()).dataDirectory, rows[0]?.path ?? ""), "r+");
  const bytes = Buffer.alloc(64);
  await file.read(bytes, 0, bytes.length, 8000);
  await file.write(
    bytes.map((byte) => byte ^ 0xff),
    0,
    bytes.length,
    8000,
  );
  await file.close();
  await world.holdfast("local", "start", "dev");
}

playRunbook("corruption", {
  stage: (world) => damage(world, "users_pkey"),
  steps: {
    1: { exitCode: 3, promises: ({ stdout }) => assert.match(stdout, /users_pkey/) },
    2: {
      values: () => ({ index: "public.users_pkey" }),
      promises: async (_, world) => {
        const { stdout } = await world.holdfast("check", "dev", "--deep");
        assert.doesNotMatch(stdout, /users/, "an index holds nothing that its table does not");
        assert.match(stdout, /pages of app whose checksum did not fit/);
      },
    },
    3: {
      before: async (world) => {
        const client = await world.client();
        await client.query("INSERT INTO users VALUES (101, 'committed last')");
        await client.end();
        await damage(world, "users");
        const { exitCode, stdout } = await world.holdfast("check", "dev", "--deep");
        assert.equal(exitCode, 3);
        assert.match(stdout, /users/);
      },
      promises: ({ stdout }) => assert.match(stdout, /whole/),
    },
    4: { promises: ({ stdout }) => assert.match(stdout, /dev-restored/) },
    5: { promises: ({ stdout }) => assert.match(stdout, /dev-restored: sound/) },
    6: { promises: ({ stdout }) => assert.match(stdout, /dev is now what was dev-restored[^]*before +\S+, stopped/) },
    7: { promises: ({ stdout }) => assert.match(stdout, /nothing to do/) },
    8: { promises: ({ stdout }) => assert.match(stdout, /Backed up dev as/) },
    9: { promises: ({ stdout }) => assert.match(stdout, /proven/) },
  },
  end: async (world) => {
    const last = await world.rows("SELECT count(*), max(id) AS last, count(DISTINCT name) AS names FROM users");
    assert.deepEqual(last, [{ count: "101", last: "101", names: "101" }], "every committed row came back whole");
  },
});
