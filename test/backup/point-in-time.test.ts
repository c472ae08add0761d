import assert from "node:assert/strict";
import { copyFile, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Client } from "pg";
import { ensureLocalInstance, startLocalInstance, stopLocalInstance } from "../../engine/adapters/local/instances.js";
import type { LocalInstance } from "../../engine/adapters/local/instance-file.js";
import type { BaseEntry } from "../../engine/core/catalogue.js";
import { isSegment, segmentAfter } from "../../engine/core/wal-segments.js";
import { takeBackup } from "../../engine/adapters/backup/take-backup.js";
import { HoldfastError } from "../../engine/core/errors.js";
import type { BackupRequest } from "../../engine/core/ports.js";
import { backup, backupSite } from "../support/backups.js";
import { deploy, recordedBackups } from "../support/engine.js";
import type { TestDatabase } from "../support/postgres.js";
import { connectLocal, createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { instant, restoreTo, serverTime, tick, ticksOf } from "../support/point-in-time.js";

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe("recovery to a point in time", () => {
  let dataRoot: TestDataRoot;
  let source: LocalInstance;
  let client: Client;
  let base: BaseEntry;
  /** By what happened just after it. */
  const times = new Map<string, string>();
  const at = (name: string) => instant(times.get(name) ?? "");

  before(async () => {
    dataRoot = await createDataRoot();
    source = await ensureLocalInstance({ project: "shop", name: "dev", root: dataRoot.path });
    client = await connectLocal(source);
    await client.query("ALTER SYSTEM SET track_commit_timestamp = on");
    await client.end();
    await stopLocalInstance(source);
    await startLocalInstance(source);
    client = await connectLocal(source);
    await client.query("CREATE TABLE ticks (n int PRIMARY KEY)");
    await client.query("CREATE TABLE accounts AS SELECT g AS id, 100 AS balance FROM generate_series(1, 50) g");
    times.set("the backup", await serverTime(client));
    base = await backup(source);
    await tick(client, 1, 40);
    times.set("the bad update", await serverTime(client));
    await client.query("UPDATE accounts SET balance = 0");
    await tick(client, 41, 40);
    times.set("the drop", await serverTime(client));
    await client.query("DROP TABLE ticks");
    await client.query("CREATE TABLE afterwards ()");
  });
  after(async () => {
    await client.end();
    await dataRoot.remove();
  });

  it("brings every row up to the instant before a DROP, and none after", async () => {
    const restored = await restoreTo(source, at("the drop"), "before-drop");
    assert.deepEqual(await ticksOf(restored.instance), range(1, 80));
    assert.deepEqual([restored.isEnd, restored.backup, restored.expected], [false, base.id, null]);
    assert.equal(restored.reachedAt?.getTime(), new Date(times.get("the drop") ?? "").getTime());
    assert.equal(await ticksOf(source), undefined);
  });

  it("brings every row up to the instant before a bad UPDATE, and none after", async () => {
    const { instance } = await restoreTo(source, at("the bad update"), "before-update");
    assert.deepEqual(await ticksOf(instance), range(1, 40));
    assert.deepEqual(await balances(instance), [{ balance: 100, n: 50 }]);
  });

  it("holds what was committed exactly at the instant, and nothing of the microsecond after", async () => {
    const exact = await commitTime(source, "accounts");
    const { instance } = await restoreTo(source, instant(exact), "at-update");
    assert.deepEqual(await ticksOf(instance), range(1, 40));
    assert.deepEqual(await balances(instance), [{ balance: 0, n: 50 }]);
    const just = await restoreTo(source, instant(minusOneMicrosecond(exact)), "before-commit");
    assert.deepEqual(await balances(just.instance), [{ balance: 100, n: 50 }]);
  });

  it("goes to the end, and says so, where the instant lies after the last commit", async () => {
    const last = await commitTimeOfLast(client);
    const restored = await restoreTo(source, { kind: "instant", at: new Date("2100-01-01") }, "future");
    assert.equal(restored.isEnd, true);
    assert.equal(restored.reachedAt?.toISOString().slice(0, 23), last.replace(" ", "T").slice(0, 23));
    assert.equal(await ticksOf(restored.instance), undefined);
  });

  it("goes to the end of the log where the latest is asked for, with what no segment of the archive held yet", async () => {
    await client.query("CREATE TABLE unarchived AS SELECT 7 AS n");
    const { instance } = await restoreTo(source, { kind: "latest" }, "latest");
    assert.deepEqual(await query(instance, "SELECT n FROM unarchived"), [{ n: 7 }]);
  });

  it("names the earliest instant there is where the wanted one lies before the oldest base backup", async () => {
    await assert.rejects(restoreTo(source, at("the backup"), "never"), (error: HoldfastError) => {
      assert.equal(error.code, "restore_failed");
      assert.match(
        error.message,
        new RegExp(`the earliest instant that can be reached is ${base.takenAt.toISOString()}`),
      );
      assert.match(error.details.next ?? "", new RegExp(`--backup ${base.id} `));
      return true;
    });
  });

  it("works on a restored instance, which follows a timeline and an archive of its own", async () => {
    const { instance } = await restoreTo(source, at("the drop"), "second");
    await backup(instance);
    const own = await connectLocal(instance);
    await tick(own, 81, 10);
    const before = await serverTime(own);
    await own.query("DROP TABLE ticks");
    await own.end();
    const { instance: third } = await restoreTo(instance, instant(before), "third");
    assert.deepEqual(await ticksOf(third), range(1, 90));
    assert.deepEqual(
      (await readdir(instance.walDirectory)).filter((file) => file.startsWith("00000001")),
      [],
    );
    assert.ok((await readdir(instance.walDirectory)).includes("00000002.history"));
  });

  it("holds the last rows of a database that has been quiet since, a minute after them", async () => {
    const quiet = await ensureLocalInstance({ project: "shop", name: "quiet", root: dataRoot.path });
    const own = await connectLocal(quiet);
    await own.query("CREATE TABLE ticks (n int PRIMARY KEY)");
    await backup(quiet);
    await tick(own, 1, 5);
    const after = new Date(await serverTime(own)).getTime() + 60_000;
    await own.end();
    const target = { kind: "instant", at: new Date(after) } as const;
    const restored = await restoreTo(quiet, target, "quiet-restored");
    assert.deepEqual(await ticksOf(restored.instance), range(1, 5));
    assert.equal(restored.isEnd, true);
  });

  it("takes what a stopped server keeps for later, such as a segment it has recycled, for no log", async () => {
    const stopped = await ensureLocalInstance({ project: "shop", name: "stopped", root: dataRoot.path });
    const own = await connectLocal(stopped);
    await own.query("CREATE TABLE ticks (n int PRIMARY KEY)");
    await backup(stopped);
    await tick(own, 1, 5);
    await own.end();
    await stopLocalInstance(stopped);
    const archived = (await readdir(stopped.walDirectory)).filter(isSegment).toSorted();
    const next = segmentAfter(archived.at(-1) ?? "", 4 * 1024 * 1024);
    const pgWal = join(stopped.dataDirectory, "pg_wal");
    await copyFile(join(stopped.walDirectory, archived[0] ?? ""), join(pgWal, next));
    const restored = await restoreTo(stopped, { kind: "latest" }, "stopped-restored");
    assert.deepEqual(await ticksOf(restored.instance), range(1, 5));
  });

  describe("just before a migration", () => {
    const FOLDER = {
      "0001_create_orders.sql": "CREATE TABLE orders (id int);",
      "0002_fill_orders.sql": "ALTER TABLE orders ADD COLUMN note text;",
      "0003_create_notes.sql": "CREATE TABLE notes (id int);",
    };
    let migrated: LocalInstance;
    let entry: BaseEntry;

    before(async () => {
      migrated = await ensureLocalInstance({ project: "shop", name: "migrated", root: dataRoot.path });
      const { host, port, user, passwordFile } = migrated;
      const password = (await readFile(passwordFile, "utf8")).trim();
      const database = { ...{ name: "app", host, port, user, password }, drop: () => Promise.resolve() };
      const take = async (request: BackupRequest) => (entry = await takeBackup(backupSite(migrated), request));
      await deploy(database as unknown as TestDatabase, FOLDER, { world: { backup: { ...recordedBackups(), take } } });
    });

    it("holds what the files before it made, and nothing of it or of those after", async () => {
      const restored = await restoreTo(migrated, { kind: "before", version: "0002" }, "before-0002");
      const columns =
        "SELECT table_name || '.' || column_name AS name FROM information_schema.columns WHERE table_name IN ('orders', 'notes')";
      assert.deepEqual(await query(restored.instance, columns), [{ name: "orders.id" }]);
      const applied = "SELECT version FROM schema_migrations WHERE state = 'applied' ORDER BY version";
      assert.deepEqual(await query(restored.instance, applied), [{ version: "0001" }]);
      assert.deepEqual(restored.notes, []);
    });

    it("is the backup before its batch where the history cannot be asked, and says so", async () => {
      await stopLocalInstance(migrated);
      const restored = await restoreTo(migrated, { kind: "before", version: "0003" }, "before-0003", entry);
      assert.deepEqual(await query(restored.instance, "SELECT to_regclass('orders')::text AS name"), [{ name: null }]);
      assert.match(restored.notes.join(), /backup before its batch \(0001, 0002, 0003\)/);
    });
  });

  async function query(instance: LocalInstance, sql: string) {
    const own = await connectLocal(instance);
    try {
      return (await own.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await own.end();
    }
  }

  function balances(instance: LocalInstance) {
    return query(instance, "SELECT balance, count(*)::int AS n FROM accounts GROUP BY balance");
  }

  async function commitTime(instance: LocalInstance, table: string): Promise<string> {
    const [row] = await query(instance, `SELECT max(pg_xact_commit_timestamp(xmin))::text AS at FROM ${table}`);
    return row?.["at"] as string;
  }
});

async function commitTimeOfLast(client: Client): Promise<string> {
  const { rows } = await client.query<{ at: string }>("SELECT timestamp::text AS at FROM pg_last_committed_xact()");
  return rows[0]?.at ?? "";
}

/** `…09:30:00.123457+00` as `…09:30:00.123456+00` */
function minusOneMicrosecond(text: string): string {
  const [, head = "", fraction = ""] = /^(.*)\.(\d+)\+00$/.exec(text) ?? [];
  return `${head}.${String(Number(fraction.padEnd(6, "0")) - 1).padStart(6, "0")}+00`;
}
