import assert from "node:assert/strict";
import { readFile, rename } from "node:fs/promises";
import { LocalDatabase, type LocalDatabaseArgs } from "../../components/index.js";
import type { DatabaseConnection } from "../../engine/core/database-connection.js";
import { findLocalInstance, type LocalInstance } from "../../engine/adapters/local/instance-file.js";
import {
  ensureLocalInstance,
  isLocalInstanceRunning,
  stopLocalInstance,
} from "../../engine/adapters/local/instances.js";
import { ensureBuilt } from "../support/build.js";
import { connectLocal, createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { createStackHarness, type StackHarness, type TestStack } from "../support/pulumi.js";

/** As a program that imports "holdfast" would be written. */
function program(args: LocalDatabaseArgs = {}) {
  const { connection, backupsAt } = new LocalDatabase("main", args);
  return Promise.resolve({ connection, backupsAt });
}

describe("LocalDatabase on the real engine", function () {
  this.timeout(300_000);
  let dataRoot: TestDataRoot;
  let harness: StackHarness;
  let stack: TestStack;

  before(async () => {
    await ensureBuilt();
    dataRoot = await createDataRoot();
    harness = await createStackHarness({ env: { HOLDFAST_HOME: dataRoot.path } });
    stack = await harness.createStack({ project: "shop", program: () => program() });
  });
  after(async () => {
    harness.remove();
    await dataRoot.remove();
  });

  const instance = async (): Promise<LocalInstance> =>
    (await findLocalInstance({ project: "shop", name: "dev", root: dataRoot.path }))!;

  it("is previewed without making anything", async () => {
    const preview = await stack.preview();
    assert.deepEqual([...new Set(preview.changes.map(({ op }) => op))], ["create"]);
    assert.equal(await instance(), undefined);
  });

  it("is there, takes connections and is described without a password or a path of this machine", async () => {
    const { outputs } = await stack.up();
    const made = await instance();
    assert.deepEqual(outputs["connection"], {
      kind: "embedded",
      host: "127.0.0.1",
      port: made.port,
      database: "app",
      user: "postgres",
      ownerRole: "app_owner",
      resourceId: made.resourceId,
      project: "shop",
      instance: "dev",
      passwordFile: "shop/dev/password",
    } satisfies DatabaseConnection);
    assert.equal(outputs["backupsAt"], "shop/backups/dev/database");
    await query(made, "CREATE TABLE precious AS SELECT 42 AS answer");
  });

  it("keeps its password out of the state and the event log", async () => {
    const report = await stack.up();
    const password = await readFile((await instance()).passwordFile, "utf8");
    const seen = `${JSON.stringify(await stack.state())}${JSON.stringify(report.events)}${report.stdout}${report.stderr}`;
    assert.ok(password.length >= 20);
    assert.ok(`planted ${password}`.includes(password) && !seen.includes(password));
    assert.ok(!JSON.stringify(report.outputs).includes(dataRoot.path));
  });

  it("is not touched by a second deploy", async () => {
    const { changes } = await stack.up();
    assert.deepEqual(changes, []);
  });

  for (const run of ["preview", "up"] as const) {
    it(`is started again by ${run} after a reboot stopped it, and that is no change`, async () => {
      await stopLocalInstance(await instance());
      const { changes } = await stack[run]();
      assert.deepEqual(changes, []);
      assert.equal(await isLocalInstanceRunning(await instance()), true);
    });
  }

  it("moves to another port in place", async () => {
    const before = await instance();
    const port = before.port + 4001;
    const { changes, outputs } = await stack.up({ program: () => program({ port }) });
    assert.deepEqual(
      changes
        .filter(({ type }) => type !== "pulumi:pulumi:Stack")
        .map(({ op, type }) => `${op} ${type}`)
        .sort(),
      ["update command:local:Command", "update holdfast:index:LocalDatabase"],
    );
    assert.equal((outputs["connection"] as DatabaseConnection).port, port);
    assert.equal((await instance()).resourceId, before.resourceId);
    assert.deepEqual(await query(await instance(), "SELECT answer FROM precious"), [{ answer: 42 }]);
  });

  it("refuses a name or a port that cannot be in the preview already, with the range", async () => {
    const wrong = () => {
      new LocalDatabase("main", { instance: "../other", port: 80 });
      return Promise.resolve({});
    };
    const { errors } = await stack.preview({ program: wrong, mayFail: true });
    assert.match(
      errors.join("\n"),
      /instance is "\.\.\/other"; allowed: letters.*\n.*port is 80; allowed: 1024 to 65535/,
    );
  });

  it("never keeps a port that is no number, which would hide the database from then on", async () => {
    const before = await instance();
    const port = "5432" as unknown as number;
    await assert.rejects(ensureLocalInstance({ ...before, port }), /"5432" cannot be the port of a local database/);
    assert.equal((await instance()).port, before.port);
  });

  it("stays when the stack is destroyed, and the next stack of that name takes it over", async () => {
    const before = await instance();
    await stack.destroy();
    assert.equal(await isLocalInstanceRunning(before), true);
    const { outputs } = await stack.up();
    assert.equal((outputs["connection"] as DatabaseConnection).resourceId, before.resourceId);
    assert.deepEqual(await query(await instance(), "SELECT answer FROM precious"), [{ answer: 42 }]);
  });

  it("is never silently made anew when its folder is gone: a preview warns, a deploy fails", async () => {
    const made = await instance();
    await stopLocalInstance(made);
    await rename(made.directory, `${made.directory}-away`);
    const preview = await stack.preview();
    const warned = preview.diagnostics.filter(({ severity }) => severity === "warning").map(({ message }) => message);
    assert.match(warned.join("\n"), /local database shop\/dev, which this stack made, is not below/);
    const up = await stack.up({ mayFail: true });
    assert.equal(up.succeeded, false);
    assert.equal(up.errors.filter((message) => /is not below/.test(message)).length, 1);
    assert.equal(await instance(), undefined);
    await rename(`${made.directory}-away`, made.directory);
    await stack.up();
    assert.deepEqual(await query(made, "SELECT answer FROM precious"), [{ answer: 42 }]);
  });
});

async function query(instance: LocalInstance, sql: string): Promise<unknown[]> {
  const client = await connectLocal(instance);
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
