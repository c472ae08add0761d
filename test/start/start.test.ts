import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findLocalInstance, type LocalInstance } from "../../engine/adapters/local/instance-file.js";
import { connectLocal, createDataRoot, type TestDataRoot } from "../support/data-root.js";
import {
  copyCheckout,
  npmStart,
  startNpmStart,
  startNpmStartOnTerminal,
  type RunningStart,
  type StartRun,
  type TestCheckout,
} from "../support/start.js";
import { until } from "../support/until.js";
import { skipBecause } from "../support/skip-because.js";

describe("npm start", function () {
  this.timeout(240_000);
  let checkout: TestCheckout;
  let dataRoot: TestDataRoot;
  let original: Readonly<Record<string, string>>;
  let first: StartRun;

  const run = (...args: string[]): Promise<StartRun> => npmStart(checkout.path, dataRoot.path, ...args);
  const pulumi = (...parts: string[]): string => join(dataRoot.path, "holdfast", "pulumi", ...parts);
  const devInstance = async () => {
    const instance = await findLocalInstance({ project: "holdfast", name: "dev", root: dataRoot.path });
    assert.ok(instance);
    return instance;
  };
  const deployAs = (release: string, file: string, sql: string): void => {
    const path = join(checkout.path, "package.json");
    const text = readFileSync(path, "utf8").replace(/"version": "[^"]*"/, `"version": "${release}"`);
    writeFileSync(path, text);
    writeFileSync(join(checkout.path, "migrations", file), sql);
  };
  const succeeded = ({ code, stdout, stderr }: StartRun): string => {
    assert.equal(code, 0, `${stderr}\n${stdout}`);
    return stdout;
  };

  before(async () => {
    checkout = copyCheckout();
    original = checkout.contents();
    dataRoot = await createDataRoot();
    first = await run();
  });

  after(async () => {
    await dataRoot.remove();
    checkout.remove();
  });

  it("brings dev up and says where everything is", async () => {
    const said = succeeded(first);
    const { host, port, passwordFile } = await devInstance();
    for (const expected of [
      `${host}:${port}/app`,
      "npx holdfast sql dev",
      `psql -h ${host} -p ${port} -U postgres app`,
      "0001_create_users.sql",
      "release 1.5.0",
      join(dataRoot.path, "holdfast", "backups", "dev", "database"),
      `export PULUMI_HOME='${pulumi("home")}'`,
      "export PULUMI_BACKEND_URL=file://",
      `export PULUMI_CONFIG_PASSPHRASE_FILE='${pulumi("passphrase")}'`,
      "npm start -- preview",
    ]) {
      assert.ok(said.includes(expected), `${expected} in\n${said}`);
    }
    assert.match(first.stderr, /23 migrations will run/);
    assert.equal(statSync(pulumi("passphrase")).mode & 0o777, 0o600);
    assert.ok(said.includes(`cat '${passwordFile}'`));
  });

  it("says neither the password nor the passphrase, in nothing it prints and nothing it keeps", async () => {
    const { passwordFile } = await devInstance();
    const secrets = [passwordFile, pulumi("passphrase")].map((path) => readFileSync(path, "utf8").trim());
    for (const secret of secrets) {
      assert.ok(secret.length > 20);
      assert.ok(!(first.stdout + first.stderr).includes(secret));
      const kept = filesBelow(pulumi()).filter((path) => path !== pulumi("passphrase"));
      assert.ok(kept.length > 5);
      assert.deepEqual(
        kept.filter((path) => readFileSync(path).includes(secret)),
        [],
      );
    }
  });

  it("changes nothing the second time, also from another checkout, and leaves the checkouts as they were", async () => {
    assert.match(succeeded(await run()), /nothing changed \(0 resources\)/);
    const other = copyCheckout();
    try {
      assert.match(succeeded(await npmStart(other.path, dataRoot.path)), /nothing changed \(0 resources\)/);
    } finally {
      other.remove();
    }
    assert.deepEqual(checkout.contents(), original);
  });

  it("starts the server again where a reboot stopped it, which is no change", async () => {
    const { dataDirectory } = await devInstance();
    process.kill(Number(readFileSync(join(dataDirectory, "postmaster.pid"), "utf8").split("\n")[0]), "SIGINT");
    await until("the server is gone", () => !existsSync(join(dataDirectory, "postmaster.pid")));
    assert.match(succeeded(await run()), /nothing changed \(0 resources\)/);
    const client = await connectLocal(await devInstance());
    await client.end();
  });

  it("runs any Pulumi command in the same home", async () => {
    assert.match(succeeded(await run("stack", "ls")), /^dev\*/m);
    succeeded(await run("config", "set", "holdfast:soak", "1 day"));
    assert.match(succeeded(await run("preview")), /dev: previewed in .*, \d to update/);
    assert.match(succeeded(await run("config", "get", "holdfast:soak")), /1 day/);
    succeeded(await run("config", "rm", "holdfast:soak"));
    assert.match(succeeded(await run("preview")), /nothing changed/);
  });

  it("stops at the preview where a file is broken, in one message that names the file", async () => {
    const broken = join(checkout.path, "migrations", "0099_break_it.sql");
    writeFileSync(broken, "SELEC 1;\n");
    try {
      const { code, stderr, stdout } = await run();
      assert.equal(code, 3);
      assert.equal(stdout, "");
      assert.equal(stderr.match(/0099_break_it\.sql/g)?.length, 1, stderr);
      assert.match(stderr, /The preview of dev failed, and nothing was changed/);
      assert.doesNotMatch(stderr, /^\s+at /m, "no stack trace");
      assert.doesNotMatch(stderr, /updating migrations-run/);
    } finally {
      rmSync(broken);
    }
  });

  it("refuses an unknown setting before anything runs", async () => {
    succeeded(await run("config", "set", "holdfast:soack", "0"));
    const { code, stderr } = await run();
    succeeded(await run("config", "rm", "holdfast:soack"));
    assert.equal(code, 3);
    assert.match(stderr, /Did you mean holdfast:soak\?/);
  });

  for (const [what, root, expected] of [
    ["a relative data root", "data", /HOLDFAST_HOME is "data", which is no absolute path/],
    ["a data root where a file stands", "/dev/null/holdfast", /Cannot write \/dev\/null.*: a file stands in the way/],
  ] as const) {
    it(`refuses ${what}, and says what to do`, async () => {
      const { code, stderr } = await npmStart(checkout.path, root, "preview");
      assert.ok(code === 2 || code === 4, `${code}`);
      assert.match(stderr, expected);
      assert.match(stderr, /next/);
      assert.deepEqual(checkout.contents(), original);
    });
  }

  it("refuses flags it does not know, and names the nearest", async () => {
    const { code, stderr } = await run("preview", "--refres");
    assert.equal(code, 2);
    assert.match(stderr, /Did you mean --refresh\?/);
  });

  describe("after a run that was killed while it migrated", () => {
    const kills: Record<string, (running: RunningStart) => void> = {
      "npm start itself": (running) => running.process.kill("SIGKILL"),
      "Pulumi's engine": () => process.kill(engineOf(), "SIGKILL"),
      "both at once": (running) => {
        process.kill(engineOf(), "SIGKILL");
        running.process.kill("SIGKILL");
      },
    };
    const engineOf = (): number => {
      const folder = pulumi("state", ".pulumi", "locks", "organization", "holdfast", "dev");
      const [lock = ""] = readdirSync(folder).filter((name) => name.endsWith(".json"));
      return (JSON.parse(readFileSync(join(folder, lock), "utf8")) as { pid: number }).pid;
    };
    let number = 130;

    for (const [what, kill] of Object.entries(kills)) {
      it(`(${what}) clears the lock and what was pending, and ends as an undisturbed run`, async () => {
        number += 1;
        const file = `0${number}_create_slow.sql`;
        const sql = `CREATE TABLE slow_${number} (id bigint PRIMARY KEY);\nSELECT pg_sleep(3);\n`;
        const path = join(checkout.path, "migrations", file);
        writeFileSync(path, sql);
        const running = startNpmStart(checkout.path, dataRoot.path);
        await until("it migrates", () => /updating migrations-run/.test(running.said()), 120_000);
        await until("the file is under way", async () => isSleeping(await devInstance()), 60_000);
        kill(running);
        await running.ended;
        assert.match(succeeded(await run()), /dev: deployed/);
        const client = await connectLocal(await devInstance());
        const { rows } = await client.query("SELECT count(*)::int AS n FROM schema_migrations WHERE version = $1", [
          `0${number}`,
        ]);
        await client.end();
        assert.deepEqual(rows, [{ n: 1 }]);
        assert.match(succeeded(await run()), /nothing changed \(0 resources\)/);
      });
    }
  });

  it("on Ctrl-C lets Pulumi end, says so, and the next run goes on", async () => {
    writeFileSync(join(checkout.path, "migrations", "0110_wait_once.sql"), "SELECT pg_sleep(3);\n");
    const running = startNpmStart(checkout.path, dataRoot.path);
    await until("it migrates", () => /updating migrations-run/.test(running.said()), 120_000);
    running.process.kill("SIGINT");
    const { code, stderr } = await running.ended;
    assert.equal(code, 4, stderr);
    assert.match(stderr, /pulumi up of dev was stopped/);
    assert.match(stderr, /Run it again/);
    assert.match(succeeded(await run()), /0110_wait_once\.sql|no migration/);
    assert.match(succeeded(await run()), /nothing changed \(0 resources\)/);
  });

  it("asks on a terminal for the approval a contract waits for, and keeps it in the private stack file only", async function () {
    if (process.platform !== "linux") skipBecause(this, "the script of its terminal is Linux's");
    deployAs("1.5.0", "0121_add_users_probe.sql", "ALTER TABLE users ADD COLUMN probe text;\n");
    succeeded(await run());
    const contract = "-- @phase contract\n-- @closes 0121\nALTER TABLE users DROP COLUMN probe;\n";
    deployAs("1.6.0", "0122_drop_users_probe.sql", contract);
    assert.match(succeeded(await run()), /held {6}0122 {2}it is not approved/);

    const asked = startNpmStartOnTerminal(checkout.path, dataRoot.path);
    await until("it asks", () => asked.said().includes("Type dev to approve 0122 there"), 120_000);
    assert.match(asked.said(), /ALTER TABLE users DROP COLUMN probe;/);
    asked.process.stdin!.write("dev\r");
    assert.match(succeeded(await asked.ended), /ran {7}0122_drop_users_probe\.sql/);

    assert.match(readFileSync(pulumi("work", "Pulumi.dev.yaml"), "utf8"), /version: '0122'/);
    assert.equal(checkout.contents()["Pulumi.dev.yaml"], original["Pulumi.dev.yaml"]);
    assert.match(succeeded(await run()), /nothing changed \(0 resources\)/);
  });

  it("run twice at once deploys once: one works, the other waits and finds nothing to do", async () => {
    deployAs("1.7.0", "0123_add_users_twice.sql", "ALTER TABLE users ADD COLUMN twice text;\n");
    const said = (await Promise.all([run(), run()])).map(succeeded);
    assert.equal(said.filter((text) => text.includes("ran       0123_add_users_twice.sql")).length, 1, said.join("\n"));
    assert.equal(said.filter((text) => text.includes("nothing changed (0 resources)")).length, 1, said.join("\n"));
  });

  it("destroys the stack and leaves the data, on which the next start stands", async () => {
    const { resourceId } = await devInstance();
    assert.match(succeeded(await run("destroy", "--yes")), /is untouched/);
    const client = await connectLocal(await devInstance());
    await client.query("INSERT INTO settings (key, value) VALUES ('kept', 'yes')");
    await client.end();
    assert.match(succeeded(await run()), /ran {7}no migration|0 migrations/);
    const again = await devInstance();
    assert.equal(again.resourceId, resourceId);
    const reader = await connectLocal(again);
    assert.equal((await reader.query("SELECT value FROM settings WHERE key = 'kept'")).rows.length, 1);
    await reader.end();
  });
});

/** Whether a migration waits in pg_sleep. */
async function isSleeping(instance: LocalInstance): Promise<boolean> {
  const client = await connectLocal(instance);
  const { rows } = await client.query("SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'");
  await client.end();
  return rows.length > 0;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
