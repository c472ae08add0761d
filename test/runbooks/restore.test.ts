import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { playRunbook } from "../support/play-runbook.js";

const elsewhere = mkdtempSync(join(tmpdir(), "holdfast elsewhere "));

let between = "";
let old = "";

playRunbook("restore", {
  stage: async (world) => {
    world.project.write({ "migrations/0002_add_email.sql": "ALTER TABLE users ADD COLUMN email text;\n" });
    assert.equal((await world.holdfast("migrate", "dev")).exitCode, 0);
    const client = await world.client();
    await client.query("INSERT INTO users VALUES (101, 'before')");
    const { rows } = await client.query<{ at: string }>("SELECT clock_timestamp()::text AS at");
    between = rows[0]?.at ?? "";
    await client.query("INSERT INTO users VALUES (102, 'after')");
    await client.end();
  },
  clear: async () => {
    rmSync(elsewhere, { recursive: true, force: true });
    return Promise.resolve();
  },
  steps: {
    1: { promises: ({ stdout }) => assert.match(stdout, /dev +\S+-v0001[^]*dev +\S+-v0/) },
    2: { promises: ({ stdout }) => assert.match(stdout, /whole/) },
    3: {
      as: "dev-backup",
      promises: async (_, world) => {
        assert.deepEqual(await world.rows("SELECT count(*) FROM users", "dev-backup"), [{ count: "100" }]);
      },
    },
    4: {
      as: "dev-instant",
      values: () => ({ time: between }),
      promises: async (_, world) => {
        const newest = await world.rows("SELECT max(id) AS newest FROM users", "dev-instant");
        assert.deepEqual(newest, [{ newest: "101" }], "every row up to that instant, and none after");
      },
    },
    5: {
      as: "dev-before",
      promises: async (_, world) => {
        const { stdout } = await world.holdfast("status", "dev-before");
        assert.match(stdout, /pending +0002_add_email\.sql/);
      },
    },
    6: {
      promises: async (_, world) => {
        assert.deepEqual(await world.rows("SELECT count(*) FROM users", "dev-restored"), [{ count: "102" }]);
      },
    },
    7: { promises: ({ stdout }) => assert.match(stdout, /dev-restored: sound/) },
    8: { values: () => ({ table: "users" }), promises: ({ stdout }) => assert.match(stdout, /^102$/m) },
    9: {
      promises: ({ stdout }) => {
        old = /before +(\S+), stopped/.exec(stdout)?.[1] ?? "";
        assert.notEqual(old, "");
      },
    },
    10: { promises: ({ stdout }) => assert.match(stdout, /nothing to do/) },
    11: { promises: ({ stdout }) => assert.match(stdout, /Backed up dev as/) },
    12: {
      values: () => ({ old }),
      promises: ({ stdout }) => assert.match(stdout, new RegExp(`${old} is stopped\\.[^]*data +/`)),
    },
    13: { values: () => ({ old, elsewhere }), promises: () => assert.ok(existsSync(join(elsewhere, old, "data"))) },
  },
  end: async (world) => {
    assert.deepEqual(await world.rows("SELECT count(*), count(email) AS emails FROM users"), [
      { count: "102", emails: "0" },
    ]);
    assert.doesNotMatch((await world.holdfast("status")).stdout, new RegExp(old), "gone from every command");
  },
});
