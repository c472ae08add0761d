import assert from "node:assert/strict";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { restoreBackup } from "../support/restore.js";
import {
  findLocalInstance,
  listLocalInstances,
  type LocalInstance,
} from "../../engine/adapters/local/instance-file.js";
import { ensureLocalInstance, startLocalInstance, stopLocalInstance } from "../../engine/adapters/local/instances.js";
import type { BaseEntry } from "../../engine/core/catalogue.js";
import type { ProgressEvent } from "../../engine/core/ports.js";
import { backup, chosenBackup } from "../support/backups.js";
import { connectLocal, createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { until } from "../support/until.js";

describe("a restore", () => {
  let dataRoot: TestDataRoot;
  let source: LocalInstance;
  let entry: BaseEntry;
  let copy: LocalInstance;
  const events: ProgressEvent[] = [];
  const restore = (as: string, of = entry) =>
    restoreBackup({ root: dataRoot.path, entry: of, as, progress: (event) => events.push(event) });
  const query = async (instance: LocalInstance, sql: string) => {
    const client = await connectLocal(instance);
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  };

  before(async () => {
    dataRoot = await createDataRoot();
    source = await ensureLocalInstance({ project: "shop", name: "dev", root: dataRoot.path });
    await query(
      source,
      `CREATE TABLE settings (id bigint, key text, value text);
       INSERT INTO settings VALUES (1, 'holdfast.environment', 'dev'), (2, 'theme', 'dark');
       CREATE SCHEMA holdfast;
       CREATE TABLE holdfast.runs (id int, finished_at timestamptz);
       INSERT INTO holdfast.runs VALUES (1, NULL);
       CREATE SCHEMA legacy;
       CREATE TABLE legacy.settings (key jsonb, value jsonb);
       CREATE UNLOGGED TABLE cache AS SELECT 1 AS n;
       CREATE TABLE "Odd ""name" AS SELECT generate_series(1, 7) AS n`,
    );
    entry = await backup(source);
    copy = (await restore("copy")).instance;
  });
  after(() => dataRoot.remove());

  it("goes beside: the instance it came from runs on, untouched", async () => {
    assert.deepEqual(await findLocalInstance({ project: "shop", name: "dev", root: dataRoot.path }), source);
    assert.deepEqual(await query(source, "SELECT value FROM settings ORDER BY id"), [
      { value: "dev" },
      { value: "dark" },
    ]);
  });

  it("makes an instance with an identity, a port and a password of its own, and remembers where it came from", async () => {
    assert.notEqual(copy.resourceId, source.resourceId);
    assert.notEqual(copy.port, source.port);
    assert.equal(copy.restoredFrom, entry.id);
    assert.equal((await stat(copy.passwordFile)).mode & 0o777, 0o600);
    await assert.rejects(connectLocal({ ...copy, passwordFile: source.passwordFile }), { code: "28P01" });
    assert.deepEqual(await listLocalInstances({ root: dataRoot.path }), [copy, source]);
  });

  it("holds no run that was interrupted: the one that took the backup goes on where it came from", async () => {
    const open = "SELECT count(*)::int AS n FROM holdfast.runs WHERE finished_at IS NULL";
    assert.deepEqual([await query(source, open), await query(copy, open)], [[{ n: 1 }], [{ n: 0 }]]);
  });

  it("says so in the environment marker, so that a deploy to it is not taken for one to the other", async () => {
    assert.deepEqual(await query(copy, "SELECT value FROM settings ORDER BY id"), [
      { value: "copy" },
      { value: "dark" },
    ]);
  });

  it("holds the odd tables, too; unlogged ones are empty, as after every recovery", async () => {
    assert.deepEqual(await query(copy, 'SELECT count(*)::int AS n FROM "Odd ""name"'), [{ n: 7 }]);
    assert.deepEqual(await query(copy, "SELECT n FROM cache"), []);
  });

  it("shows how far it is", () => {
    assert.deepEqual(events[0], { kind: "restore", state: "started", totalBytes: entry.sizeBytes });
    assert.deepEqual(events.at(-1), { kind: "restore", state: "done" });
    assert.ok(events.length > 100);
  });

  it("archives into a folder of its own, on a timeline of its own", async () => {
    const before = await readdir(source.walDirectory);
    await query(copy, "CREATE TABLE own ()");
    await query(copy, "SELECT pg_switch_wal()");
    await until("a segment of the new timeline is archived", async () =>
      (await readdir(copy.walDirectory)).some((file) => /^00000002[0-9A-F]{16}$/.test(file)),
    );
    assert.deepEqual(await readdir(source.walDirectory), before);
  });

  it("survives a stop and a start: nothing of the recovery is left in its settings", async () => {
    await stopLocalInstance(copy);
    await startLocalInstance(copy);
    assert.deepEqual(
      await query(copy, "SELECT pg_is_in_recovery() AS recovering, current_setting('restore_command') AS command"),
      [{ recovering: false, command: "" }],
    );
    assert.deepEqual((await readdir(copy.directory)).toSorted(), [
      "data",
      "instance.json",
      "login",
      "password",
      "server.log",
      "wal",
    ]);
  });

  it("can be backed up and restored in its turn", async () => {
    const second = await backup(copy);
    assert.equal(second.manifest.wal.firstSegment.slice(0, 8), "00000002");
    const { instance, differences } = await restore("copy-of-copy", second);
    assert.deepEqual(differences, []);
    assert.deepEqual(await query(instance, "SELECT value FROM settings ORDER BY id"), [
      { value: "copy-of-copy" },
      { value: "dark" },
    ]);
  });

  it("never goes over: a name that is taken is refused, also the source's own", async () => {
    for (const name of ["copy", "dev"]) {
      await assert.rejects(restore(name), { code: "invalid_usage", message: /already a local database/ });
    }
    assert.deepEqual(await query(copy, "SELECT count(*)::int AS n FROM settings"), [{ n: 2 }]);
  });

  it("needs nothing of the instance it came from: its data directory may be lost", async () => {
    const lost = await ensureLocalInstance({ project: "shop", name: "lost", root: dataRoot.path });
    await query(lost, "CREATE TABLE precious AS SELECT 42 AS n");
    const only = await backup(lost);
    await stopLocalInstance(lost);
    await rm(lost.directory, { recursive: true });
    const { instance } = await restore(
      "found",
      await chosenBackup({ root: dataRoot.path, project: "shop", instance: "lost" }, only.id),
    );
    assert.deepEqual(await query(instance, "SELECT n FROM precious"), [{ n: 42 }]);
    await assert.rejects(
      restoreBackup({ root: dataRoot.path, entry: only, as: "more", upTo: "archive", progress: () => undefined }),
      { code: "restore_failed", message: /WAL archive that continues/ },
    );
  });

  it("names the backups there are when it is given another", async () => {
    const name = { root: dataRoot.path, project: "shop", instance: "dev" };
    await assert.rejects(chosenBackup(name, "20200101T000000Z-v1"), (error: { details: { next: string } }) => {
      assert.equal(error.details.next, `Choose one of: ${entry.id}.`);
      return true;
    });
    assert.equal(await stat(join(dataRoot.path, "shop", "more")).catch(() => undefined), undefined);
  });
});
