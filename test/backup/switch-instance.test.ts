import assert from "node:assert/strict";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findLocalInstance, type LocalInstance } from "../../engine/adapters/local/instance-file.js";
import {
  ensureLocalInstance,
  isLocalInstanceRunning,
  stopLocalInstance,
} from "../../engine/adapters/local/instances.js";
import { openConnection } from "../../engine/adapters/local/connection.js";
import { restoreBackup } from "../support/restore.js";
import { DEPLOY_LOCK_KEY } from "../../engine/core/deploy-lock.js";
import { switchInstance, type SwitchRequest } from "../../engine/switch-instance.js";
import { backup, backupsOf } from "../support/backups.js";
import { connectLocal, createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { memorySource } from "../support/engine.js";
import { restoreTo } from "../support/point-in-time.js";

describe("a switch", () => {
  let dataRoot: TestDataRoot;
  let dev: LocalInstance;
  /** Of the one that was dev. */
  let oldName = "";
  let beforeSwitch: Date;
  const named = async (name: string) => (await findLocalInstance({ root: dataRoot.path, project: "shop", name }))!;
  const query = async (instance: LocalInstance, sql: string) => {
    const client = await connectLocal(instance);
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  const request = (to: string, changes: Partial<SwitchRequest> = {}): SwitchRequest => ({
    ...{ root: dataRoot.path, project: "shop", instance: "dev", to, source: memorySource({}) },
    ...{ despiteFaults: false, now: new Date(), ...changes },
  });

  before(async () => {
    dataRoot = await createDataRoot();
    dev = await ensureLocalInstance({ project: "shop", name: "dev", root: dataRoot.path });
    await query(
      dev,
      `CREATE TABLE settings (id bigint GENERATED ALWAYS AS IDENTITY, key text, value text);
       INSERT INTO settings (key, value) VALUES ('holdfast.environment', 'dev');
       CREATE TABLE notes AS SELECT 1 AS n`,
    );
    await mkdir(join(dev.directory, "passwords"));
    await writeFile(join(dev.directory, "passwords", "app"), "secret");
    const entry = await backup(dev);
    await restoreBackup({ root: dataRoot.path, entry, as: "fixed", progress: () => undefined });
    await query(dev, "INSERT INTO notes VALUES (2)");
    beforeSwitch = new Date();
  });
  after(() => dataRoot.remove());

  it("refuses while a deploy is under way, and leaves both as they are", async () => {
    const deploy = await connectLocal(dev);
    await deploy.query("SELECT pg_advisory_lock($1::bigint)", [DEPLOY_LOCK_KEY]);
    await assert.rejects(switchInstance(request("fixed")), {
      code: "switch_refused",
      message: /deploy is under way on dev/,
    });
    await deploy.end();
    assert.equal((await named("dev")).resourceId, dev.resourceId);
    assert.equal(await isLocalInstanceRunning(dev), true);
  });

  it("refuses a database that is no restore of it", async () => {
    const other = await ensureLocalInstance({ project: "shop", name: "other", root: dataRoot.path });
    await assert.rejects(switchInstance(request("other")), { code: "switch_refused", message: /not a restore of dev/ });
    await stopLocalInstance(other);
    await assert.rejects(switchInstance(request("nobody")), { code: "unknown_instance" });
  });

  it("gives the restored one the name, the port and the roles' passwords; the other one stays, stopped", async () => {
    const fixed = await named("fixed");
    const report = await switchInstance(request("fixed"));
    oldName = report.old?.name ?? "";
    assert.match(oldName, /^dev-until-\d{8}T\d{4}$/);
    const now = await named("dev");
    assert.equal(now.resourceId, fixed.resourceId);
    assert.equal(now.port, dev.port);
    assert.deepEqual(await readdir(join(now.directory, "passwords")), ["app"]);
    assert.deepEqual(await query(now, "SELECT n FROM notes"), [{ n: 1 }]);
    assert.deepEqual(await query(now, "SELECT value FROM settings"), [{ value: "dev" }]);
    const old = await named(oldName);
    assert.equal(old.resourceId, dev.resourceId);
    assert.equal(await isLocalInstanceRunning(old), false);
    assert.deepEqual(report.old?.name, old.name);
    assert.equal(await findLocalInstance({ root: dataRoot.path, project: "shop", name: "fixed" }), undefined);
  });

  it("is the one that a stack of before means, which is told its new resource id", async () => {
    const opened = await openConnection(
      { project: "shop", instance: "dev", resourceId: dev.resourceId },
      dataRoot.path,
    );
    assert.equal(opened.resourceId, (await named("dev")).resourceId);
    await assert.rejects(
      openConnection({ project: "shop", instance: "dev", resourceId: "local-other" }, dataRoot.path),
      {
        code: "unknown_instance",
      },
    );
  });

  it("leaves every instant of the one before within reach, also what came after the restored one", async () => {
    const { instance } = await restoreTo(await named(oldName), { kind: "latest" }, "again");
    assert.deepEqual(await query(instance, "SELECT n FROM notes ORDER BY n"), [{ n: 1 }, { n: 2 }]);
    await stopLocalInstance(instance);
  });

  it("leads to an instant before it in the one before, and to none after it without a backup of its own", async () => {
    const now = await named("dev");
    const { instance } = await restoreTo(now, { kind: "instant", at: beforeSwitch }, "as-it-was");
    assert.deepEqual(await query(instance, "SELECT n FROM notes ORDER BY n"), [{ n: 1 }, { n: 2 }]);
    await stopLocalInstance(instance);
    for (const target of [{ kind: "latest" }, { kind: "instant", at: new Date("2100-01-01") }] as const) {
      await assert.rejects(restoreTo(now, target, "never"), { code: "restore_failed", message: /there is none/ });
    }
  });

  it("leads back the same way", async () => {
    await switchInstance(request(oldName));
    assert.deepEqual(await query(await named("dev"), "SELECT n FROM notes ORDER BY n"), [{ n: 1 }, { n: 2 }]);
    assert.equal((await named("dev")).resourceId, dev.resourceId);
    assert.equal((await backupsOf(await named("dev"))).length, 1);
    assert.equal((await named("dev")).port, dev.port);
  });
});
