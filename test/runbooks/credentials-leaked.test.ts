import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { playRunbook } from "../support/play-runbook.js";
import type { RunbookWorld } from "../support/runbook-world.js";

const ROLE = "app_service";
let leaked = "";
let thief: Client;
let hasEnded = false;

async function logIn(world: RunbookWorld, password: string): Promise<Client> {
  const { host, port, database } = await world.local();
  const client = new Client({ host, port, database, user: ROLE, password, application_name: "a stranger" });
  client.on("error", () => (hasEnded = true));
  await client.connect();
  return client;
}

async function keptPassword(world: RunbookWorld): Promise<string> {
  return readFileSync(join((await world.local()).directory, "passwords", ROLE), "utf8").trim();
}

playRunbook("credentials-leaked", {
  stage: async (world) => {
    assert.equal((await world.holdfast("access", "apply", "dev")).exitCode, 0);
    leaked = await keptPassword(world);
    thief = await logIn(world, leaked);
  },
  steps: {
    1: {
      values: () => ({ role: ROLE }),
      promises: ({ stdout }) => assert.match(stdout, /127\.0\.0\.1 +a stranger/),
    },
    2: {
      values: () => ({ role: ROLE }),
      promises: async ({ stdout, stderr }, world) => {
        const renewed = await keptPassword(world);
        assert.match(stdout, /app_service has a new password: .*passwords\/app_service/);
        assert.ok(!(stdout + stderr).includes(renewed), "it is shown to nobody");
        await assert.rejects(logIn(world, leaked), { code: "28P01" });
        await (await logIn(world, renewed)).end();
        assert.equal((await thief.query("SELECT 1")).rowCount, 1, "an open session stays open");
      },
    },
    3: {
      values: () => ({ role: ROLE }),
      promises: async ({ stdout }) => {
        assert.match(stdout, /^1$/m);
        await assert.rejects(thief.query("SELECT 1"));
        assert.ok(hasEnded);
      },
    },
    4: { promises: ({ stdout }) => assert.match(stdout, /Nothing is missing/) },
    5: { promises: ({ stdout }) => assert.match(stdout, /dev: sound/) },
    6: { promises: ({ stdout }) => assert.match(stdout, /secrets +passed/) },
  },
  end: async (world) => {
    const superuser = await world.local();
    const before = readFileSync(superuser.passwordFile, "utf8");
    const { exitCode, stderr } = await world.holdfast("secret", "rotate", "dev", superuser.user);
    assert.equal(exitCode, 0, stderr);
    assert.notEqual(readFileSync(superuser.passwordFile, "utf8"), before, "the superuser's, too");
    assert.deepEqual(await world.rows("SELECT count(*) FROM users"), [{ count: "100" }]);
  },
});
