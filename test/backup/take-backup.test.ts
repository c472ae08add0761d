import assert from "node:assert/strict";
import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { makeWorkFolder, markInProgress } from "../../engine/adapters/backup/catalogue-folder.js";
import { whileInUse } from "../../engine/adapters/backup/in-use.js";
import { localBackups } from "../../engine/adapters/backup/local-backups.js";
import { pruneCatalogue } from "../../engine/adapters/backup/prune-catalogue.js";
import { restoreBackup } from "../support/restore.js";
import { ledgerOf, readWalLedger } from "../../engine/adapters/backup/wal-ledger.js";
import type { LocalInstance } from "../../engine/adapters/local/instance-file.js";
import { ensureLocalInstance } from "../../engine/adapters/local/instances.js";
import type { BaseEntry } from "../../engine/core/catalogue.js";
import { backup, backupsOf, backupSite, folderOf, REQUEST } from "../support/backups.js";
import { connectLocal, createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { Writers } from "../support/writers.js";

describe("a base backup", () => {
  let dataRoot: TestDataRoot;
  let instance: LocalInstance;
  const restore = async (entry: BaseEntry, as: string, upTo: "backup" | "archive" = "backup") =>
    restoreBackup({ root: dataRoot.path, entry, as, upTo, progress: () => undefined });

  before(async () => {
    dataRoot = await createDataRoot();
    instance = await ensureLocalInstance({ project: "shop", name: "dev", root: dataRoot.path });
    const client = await connectLocal(instance);
    await client.query("CREATE TABLE orders (id bigint PRIMARY KEY, note text)");
    await client.query("CREATE TABLE order_twins (id bigint PRIMARY KEY)");
    await client.query("INSERT INTO orders SELECT g, repeat('x', 200) FROM generate_series(-50000, -1) g");
    await client.end();
  });
  after(() => dataRoot.remove());

  it("holds every row that was acknowledged while it was taken, and no torn transaction", async () => {
    const writers = await Writers.start(instance, 4);
    await writers.haveWritten(100);
    const started = Date.now();
    const entry = await backup(instance);
    await writers.haveWritten(100);
    await writers.stop();
    const acknowledged = writers.acknowledgedBefore(entry.takenAt);
    assert.ok(acknowledged.filter(({ at }) => at > started).length > 10, "nobody wrote during the backup");

    const { instance: restored, differences } = await restore(entry, "during");
    const client = await connectLocal(restored);
    const { rows } = await client.query<{ id: string }>("SELECT id FROM orders WHERE id > 0");
    const twins = await client.query(
      "SELECT FROM order_twins FULL JOIN (SELECT id FROM orders WHERE id > 0) o USING (id) WHERE o.id IS NULL OR order_twins.id IS NULL",
    );
    await client.end();
    const there = new Set(rows.map(({ id }) => Number(id)));
    assert.deepEqual(
      acknowledged.filter(({ id }) => !there.has(id)),
      [],
    );
    assert.equal(twins.rowCount, 0);
    assert.deepEqual(differences, []);
    assert.ok(there.size < writers.acknowledged.length, "the writers went on after it");
  });

  it("counts the rows of each table at the very instant it leads back to, also while others write", async () => {
    const writers = await Writers.start(instance, 2, 10);
    await writers.haveWritten(50);
    const entry = await backup(instance);
    await writers.stop();
    const orders = entry.manifest.tables.find(({ table }) => table === "public.orders");
    assert.ok(orders?.rows != null && orders.rows > 50_000, JSON.stringify(orders));
    assert.deepEqual((await restore(entry, "counted")).differences, []);
  });

  it("does not wait for a transaction that stays open, and leaves its rows out", async () => {
    const idle = await connectLocal(instance);
    await idle.query("BEGIN; INSERT INTO orders VALUES (-60000, 'never committed')");
    const entry = await backup(instance);
    await idle.query("ROLLBACK");
    await idle.end();
    assert.ok(entry.manifest.tables.every(({ rows }) => rows !== null));
    assert.deepEqual((await restore(entry, "open")).differences, []);
  });

  it("leads back to the instant before what came next, even though the WAL of it is archived", async () => {
    const client = await connectLocal(instance);
    const [before] = (await client.query<{ count: string }>("SELECT count(*) FROM orders")).rows;
    const entry = await backup(instance);
    await client.query("ALTER TABLE orders RENAME TO orders_lost");
    await client.query("SELECT pg_switch_wal()");
    const back = await connectLocal((await restore(entry, "before")).instance);
    assert.deepEqual((await back.query("SELECT count(*) FROM orders")).rows, [before]);
    await back.end();
    await client.query("ALTER TABLE orders_lost RENAME TO orders");
    await client.end();
  });

  it("carries on through the archived WAL where it is asked to", async () => {
    const entry = await backup(instance);
    const client = await connectLocal(instance);
    await client.query("CREATE TABLE later AS SELECT 1 AS n");
    // The next backup waits until all WAL before it is archived.
    await backup(instance);
    await client.end();
    const { instance: restored, differences } = await restore(entry, "archive", "archive");
    assert.equal(differences, undefined);
    const copy = await connectLocal(restored);
    assert.deepEqual((await copy.query("SELECT n FROM later")).rows, [{ n: 1 }]);
    await copy.end();
  });

  it("can be taken twice at once: two whole backups", async () => {
    const [first, second] = await Promise.all([backup(instance), backup(instance)]);
    assert.notEqual(first.id, second.id);
    for (const [entry, as] of [
      [first, "twin-1"],
      [second, "twin-2"],
    ] as const) {
      assert.deepEqual((await restore(entry, as)).differences, []);
    }
  });

  it("is archived into a path with spaces and %, which takes an identical file twice", async () => {
    assert.match(instance.walDirectory, / .*%/);
    const { lastSegment } = (await backup(instance)).manifest.wal;
    const status = join(instance.dataDirectory, "pg_wal", "archive_status");
    // As after a crash just before the server noted that it had archived it.
    await rename(join(status, `${lastSegment}.done`), join(status, `${lastSegment}.ready`));
    await backup(instance);
    const client = await connectLocal(instance);
    const { rows } = await client.query("SELECT failed_count::int, last_failed_wal FROM pg_stat_archiver");
    await client.end();
    assert.deepEqual(rows, [{ failed_count: 0, last_failed_wal: null }]);
    const left = await readdir(status);
    assert.deepEqual(
      left.filter((name) => name.endsWith(".ready")),
      [],
    );
  });

  it("says what it is, and where it stands while it goes on", async () => {
    const site = backupSite(instance);
    const entry = await localBackups(site).take({ ...REQUEST, isFull: true });
    const listed = (await backupsOf(instance))[0];
    assert.deepEqual({ ...listed, manifest: undefined }, { ...entry, manifest: undefined });
    assert.match(entry.id, /^\d{8}T\d{6}Z-v0007(-\d+)?$/);
    const { manifest } = listed!;
    assert.deepEqual(
      { ...manifest, ...{ id: 0, takenAt: 0, wal: 0, data: 0, tables: 0, server: 0, howToRestore: 0 } },
      {
        ...{ format: 1, kind: "base", project: "shop", instance: "dev", resourceId: instance.resourceId },
        ...{ environment: "dev", ...REQUEST },
        ...{ id: 0, takenAt: 0, wal: 0, data: 0, tables: 0, server: 0, howToRestore: 0 },
      },
    );
    assert.equal(manifest.howToRestore, `holdfast restore dev --backup ${entry.id} --as <name of the new instance>`);
    assert.match(manifest.server.version, /^18\./);
    const [started, ...rest] = site.events;
    const done = rest.pop();
    assert.ok(started?.kind === "backup" && started.state === "started" && started.totalBytes! > 20_000_000);
    assert.ok(rest.length > 20 && rest.every((event) => event.kind === "backup" && event.state === "copying"));
    assert.deepEqual(done, { kind: "backup", state: "done", id: entry.id, bytes: entry.sizeBytes });
  });

  it("leaves all WAL since the oldest one of the last seven days, so that any instant since can be restored", async () => {
    const oldest = (await backupsOf(instance)).at(-1)!;
    for (let more = 0; more < 4; more += 1) await backup(instance);
    const kept = await backupsOf(instance);
    assert.deepEqual([kept.length, kept.at(-1)!.id], [6, oldest.id]);
    const archive = (await readdir(instance.walDirectory)).filter((file) => file.length === 24).toSorted();
    assert.equal(archive[0], oldest.manifest.wal.firstSegment);
    const { instance: restored } = await restore(oldest, "oldest", "archive");
    const copy = await connectLocal(restored);
    const client = await connectLocal(instance);
    const count = "SELECT count(*) FROM orders";
    assert.deepEqual((await copy.query(count)).rows, (await client.query(count)).rows);
    await Promise.all([copy.end(), client.end()]);
  });

  it("keeps the newest five once they are all older than that, each with its own WAL, and the ledger of it", async () => {
    const newest = await backup(instance, { now: inEightDays });
    const kept = await backupsOf(instance);
    assert.deepEqual([kept.length, kept[0]!.id], [5, newest.id]);
    assert.deepEqual((await readdir(folderOf(instance))).toSorted(), kept.map(({ id }) => id).toSorted());

    const own = kept.flatMap(({ manifest: { wal } }) => [wal.firstSegment, wal.lastSegment]);
    const archive = (await readdir(instance.walDirectory)).filter((file) => file.length === 24);
    const since = archive.filter((file) => file > newest.manifest.wal.firstSegment);
    assert.deepEqual(archive.toSorted(), [...new Set([...own, ...since])].toSorted());
    assert.deepEqual([...(await readWalLedger(ledgerOf(instance))).keys()].toSorted(), archive.toSorted());
    assert.deepEqual((await restore(kept.at(-1)!, "fifth")).differences, []);
  });

  it("never loses WAL to another backup that ends first", async () => {
    const oldest = (await backupsOf(instance)).at(-1)!;
    const draft = await makeWorkFolder(folderOf(instance), "new");
    await markInProgress(draft, oldest.manifest.wal.firstSegment);
    for (let more = 0; more < 5; more += 1) await backup(instance, { now: inEightDays });
    assert.ok(!(await backupsOf(instance)).some(({ id }) => id === oldest.id));
    assert.ok((await readdir(instance.walDirectory)).includes(oldest.manifest.wal.firstSegment));
    await rm(draft, { recursive: true });
    await pruneCatalogue(folderOf(instance), backupSite(instance, { now: inEightDays }));
    assert.ok(!(await readdir(instance.walDirectory)).includes(oldest.manifest.wal.firstSegment));
  });

  it("never goes while another process restores or drills it, nor does the WAL since", async () => {
    const oldest = (await backupsOf(instance)).at(-1)!;
    const wal = await readdir(instance.walDirectory);
    await whileInUse([oldest], async () => {
      for (let more = 0; more < 5; more += 1) await backup(instance, { now: inEightDays });
      assert.ok((await backupsOf(instance)).some(({ id }) => id === oldest.id));
      const left = new Set(await readdir(instance.walDirectory));
      assert.deepEqual(
        wal.filter((file) => file >= oldest.manifest.wal.firstSegment && !left.has(file)),
        [],
      );
    });
    await pruneCatalogue(folderOf(instance), backupSite(instance, { now: inEightDays }));
    assert.ok(!(await backupsOf(instance)).some(({ id }) => id === oldest.id));
    await assert.rejects(
      whileInUse([oldest], () => Promise.resolve()),
      { code: "backup_damaged", message: new RegExp(`${oldest.id} is no longer in`) },
    );
  });
});

const inEightDays = () => new Date(Date.now() + 8 * 24 * 60 * 60 * 1000);
