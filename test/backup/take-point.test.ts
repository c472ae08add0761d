import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmod, chown, readdir, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { BackupSite } from "../../engine/adapters/backup/backup-site.js";
import { listCatalogue } from "../../engine/adapters/backup/catalogue-folder.js";
import { whileInUse } from "../../engine/adapters/backup/in-use.js";
import { localBackups } from "../../engine/adapters/backup/local-backups.js";
import type { LocalInstance } from "../../engine/adapters/local/instance-file.js";
import { ensureLocalInstance, startLocalInstance, stopLocalInstance } from "../../engine/adapters/local/instances.js";
import { pruneCatalogue } from "../../engine/adapters/backup/prune-catalogue.js";
import { restoreBackup } from "../support/restore.js";
import { readPostmaster } from "../../engine/adapters/local/postmaster.js";
import { serverUser } from "../../engine/adapters/local/server-user.js";
import { isPoint, type CatalogueEntry, type PointEntry } from "../../engine/core/catalogue.js";
import type { BackupRequest, ProgressEvent } from "../../engine/core/ports.js";
import { segmentAfter, segmentsBetween } from "../../engine/core/wal-segments.js";
import { backupSite, entriesOf, folderOf, REQUEST } from "../support/backups.js";
import { connectLocal, createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { flipByte } from "../support/flip-byte.js";
import { until } from "../support/until.js";
import { Writers } from "../support/writers.js";

const SEGMENT_BYTES = 4 * 1024 * 1024;
const HOUR = 60 * 60 * 1000;

describe("a restore point", function () {
  this.timeout(120_000);
  let dataRoot: TestDataRoot;
  let made = 0;
  before(async () => {
    dataRoot = await createDataRoot();
  });
  after(() => dataRoot.remove());

  interface Taken {
    readonly entry: CatalogueEntry;
    readonly notes: readonly string[];
  }
  /** As migrate asks for it. */
  const take = async (
    instance: LocalInstance,
    site: Partial<BackupSite> = {},
    request: Partial<BackupRequest> = {},
  ) => {
    const watched = backupSite(instance, site);
    const { id } = await localBackups(watched).take({ ...REQUEST, ...request });
    const entry = (await entriesOf(instance)).find((one) => one.id === id)!;
    return { entry, notes: watched.events.flatMap((event) => (event.kind === "note" ? [event.message] : [])) };
  };
  const query = async (instance: LocalInstance, sql: string) => {
    const client = await connectLocal(instance);
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  const fresh = async () => {
    const instance = await ensureLocalInstance({ project: "shop", name: `dev${++made}`, root: dataRoot.path });
    await query(instance, "CREATE TABLE orders AS SELECT generate_series(1, 1000) AS id");
    return instance;
  };
  /** An instance with a base backup of today. */
  const withBase = async () => {
    const instance = await fresh();
    const { entry: base } = await take(instance);
    assert.equal(base.kind, "base");
    return { instance, base };
  };
  const assertPoint = ({ entry, notes }: Taken): PointEntry => {
    assert.deepEqual(notes, []);
    assert.ok(isPoint(entry), `a ${entry.kind}`);
    return entry;
  };
  const assertBase = ({ entry, notes }: Taken, why?: RegExp): void => {
    assert.equal(entry.kind, "base");
    assert.deepEqual(
      notes.map((note) => why?.test(note)),
      why === undefined ? [] : [true],
      notes.join("\n"),
    );
  };

  describe("is taken by a migrate where a base backup of today leads to it", () => {
    it("and says from which base and through which WAL, and the rows of each table at the mark", async () => {
      const { instance, base } = await withBase();
      await query(instance, "INSERT INTO orders VALUES (1001)");
      const { id, manifest, sizeBytes } = assertPoint(await take(instance));
      assert.deepEqual([manifest.base, sizeBytes, manifest.reason], [base.id, 0, REQUEST.reason]);
      assert.deepEqual(manifest.tables, [{ table: "public.orders", rows: 1001 }]);
      assert.ok(base.manifest.kind === "base");
      const { firstSegment, lastSegment, timeline, lsn } = manifest.wal;
      assert.equal(firstSegment, segmentAfter(base.manifest.wal.lastSegment, SEGMENT_BYTES));
      assert.deepEqual([timeline, /^0\/[0-9A-F]+$/.test(lsn)], [1, true]);
      const archive = new Set(await readdir(instance.walDirectory));
      const way = segmentsBetween(firstSegment, lastSegment, SEGMENT_BYTES);
      assert.deepEqual(
        way.filter((segment) => !archive.has(segment)),
        [],
      );
      assert.deepEqual(await readdir(join(folderOf(instance), id)), ["manifest.json"]);
    });

    it("one after the other, each on the same base and with a mark of its own", async () => {
      const { instance, base } = await withBase();
      const points = [assertPoint(await take(instance)), assertPoint(await take(instance))];
      assert.deepEqual(
        points.map(({ manifest }) => manifest.base),
        [base.id, base.id],
      );
      assert.notEqual(points[0]!.manifest.wal.restorePoint, points[1]!.manifest.wal.restorePoint);
      assert.ok(points[0]!.manifest.wal.lastSegment < points[1]!.manifest.wal.lastSegment);
    });

    it("two at once, and beside a base backup", async () => {
      const { instance, base } = await withBase();
      const taken = await Promise.all([take(instance), take(instance), take(instance, {}, { isFull: true })]);
      assert.deepEqual(
        taken.map(({ entry }) => entry.kind),
        ["point", "point", "base"],
      );
      assert.deepEqual([assertPoint(taken[0]).manifest.base, assertPoint(taken[1]).manifest.base], [base.id, base.id]);
    });

    it("before something is destroyed, after every byte on the way was read", async () => {
      const { instance } = await withBase();
      assertPoint(await take(instance, {}, { contracts: ["0008"] }));
      assertPoint(await take(instance, {}, { contracts: ["0009"] }));
    });

    it("and a backup that someone asks for is a full one", async () => {
      const { instance } = await withBase();
      const full = await take(instance, {}, { isFull: true });
      assertBase(full);
      assert.ok(!("isFull" in full.entry.manifest));
    });
  });

  describe("is not taken where the way from a base is not certain; a base is, and it says why:", () => {
    it("the base is a day old, or the clock was set back", async () => {
      const { instance, base } = await withBase();
      const later = (ms: number) => ({ now: () => new Date(base.takenAt.getTime() + ms) });
      assertPoint(await take(instance, later(23 * HOUR)));
      assertBase(await take(instance, later(-HOUR)));
      assertBase(await take(instance, later(25 * HOUR)));
    });

    it("the base's bytes are gone, or fewer", async () => {
      const { instance, base } = await withBase();
      await truncate(join(base.path, "base.tar"), 1000);
      assertBase(await take(instance));
    });

    it("the base is of another cluster under the same name", async () => {
      const { instance } = await withBase();
      assertBase(await take({ ...instance, resourceId: "local-another" }));
    });

    it("the server was started since: archiving may have been off meanwhile", async () => {
      const { instance } = await withBase();
      await stopLocalInstance(instance);
      await startLocalInstance(instance);
      assertBase(await take(instance), /the server was started since backup/);
      assertPoint(await take(instance));
    });

    it("the server recovered from a crash since", async () => {
      const { instance } = await withBase();
      const client = await connectLocal(instance);
      const [backend] = (await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid")).rows;
      process.kill(backend!.pid, "SIGKILL");
      // The server starts the archiver again after ten seconds, at the next connection.
      await until("the server has recovered, and its archiver runs", async () => {
        const archiver = "SELECT FROM pg_stat_activity WHERE backend_type = 'archiver'";
        const rows = await query(instance, archiver).catch(() => []);
        return rows.length > 0;
      });
      assertBase(await take(instance), /recovered from a crash since backup/);
    });

    it("WAL on the way is missing, or shorter than a segment", async () => {
      const { instance } = await withBase();
      for (const harm of [(path: string) => rm(path), (path: string) => truncate(path, 1024)]) {
        const { lastSegment } = assertPoint(await take(instance)).manifest.wal;
        await harm(join(instance.walDirectory, lastSegment));
        assertBase(await take(instance), new RegExp(`missing in the archive \\(${lastSegment}\\)`));
      }
    });

    it("WAL on the way was changed, and something is about to be destroyed", async () => {
      const { instance } = await withBase();
      const { lastSegment } = assertPoint(await take(instance)).manifest.wal;
      await flipByte(join(instance.walDirectory, lastSegment), 5000);
      assertBase(await take(instance, {}, { contracts: ["0008"] }), new RegExp(`was changed .*\\(${lastSegment}\\)`));
    });

    it("the base was changed, and something is about to be destroyed", async () => {
      const { instance, base } = await withBase();
      await flipByte(join(base.path, "base.tar"), 5000);
      assertBase(await take(instance, {}, { contracts: ["0008"] }), /base\.tar was changed after the backup/);
    });
  });

  describe("is restored by its base and the WAL that follows", () => {
    const restore = (entry: PointEntry, as: string, progress: (event: ProgressEvent) => void = () => undefined) =>
      restoreBackup({ root: dataRoot.path, entry, as, progress });

    it("with every row that was acknowledged before it, no torn transaction, and the rows its manifest counts", async () => {
      const instance = await ensureLocalInstance({ project: "shop", name: "busy", root: dataRoot.path });
      await query(instance, "CREATE TABLE orders (id bigint PRIMARY KEY, note text)");
      await query(instance, "CREATE TABLE order_twins (id bigint PRIMARY KEY)");
      await take(instance);
      const writers = await Writers.start(instance, 4);
      await writers.haveWritten(100);
      const entry = assertPoint(await take(instance));
      await writers.haveWritten(100);
      await writers.stop();
      const { instance: restored, differences } = await restore(entry, "busy-point");
      const there = new Set((await query(restored, "SELECT id::int FROM orders")).map(({ id }) => id as number));
      const twins = await query(
        restored,
        "SELECT FROM order_twins FULL JOIN orders USING (id) WHERE orders.id IS NULL OR order_twins.id IS NULL",
      );
      const acknowledged = writers.acknowledgedBefore(entry.takenAt);
      assert.ok(acknowledged.length >= 100);
      assert.deepEqual(
        acknowledged.filter(({ id }) => !there.has(id)),
        [],
      );
      assert.deepEqual([twins, differences], [[], []]);
      assert.ok(there.size < writers.acknowledged.length, "the writers went on after it");
    });

    it("from each of several on one base, and nothing of what came after", async () => {
      const { instance } = await withBase();
      const points = [];
      for (let step = 1; step <= 2; step += 1) {
        await query(instance, `CREATE TABLE step_${step} ()`);
        points.push(assertPoint(await take(instance)));
      }
      for (const [index, point] of points.entries()) {
        const { instance: restored, differences } = await restore(point, `${instance.name}-${index}`);
        const steps = await query(restored, "SELECT relname FROM pg_class WHERE relname ~ '^step' ORDER BY 1");
        assert.deepEqual([steps.length, differences], [index + 1, []]);
      }
    });

    it("while another process prunes: it stays, with its base and WAL, until the restore is done", async () => {
      const { instance } = await withBase();
      const point = assertPoint(await take(instance, {}, { pendingVersions: [] }));
      const inAYear = { now: () => new Date(Date.now() + 365 * 24 * HOUR) };
      await whileInUse([point], async () => {
        for (let more = 0; more < 5; more += 1) await take(instance, {}, { isFull: true });
      });
      let pruned: Promise<void> | undefined;
      const progress = (event: ProgressEvent) => {
        if (event.kind === "restore" && event.state === "copying")
          pruned ??= pruneCatalogue(folderOf(instance), backupSite(instance, inAYear));
      };
      const { differences } = await restore(point, `${instance.name}-pruned`, progress);
      await pruned;
      assert.deepEqual(differences, []);
      assert.ok((await entriesOf(instance)).some(({ id }) => id === point.id));
      await pruneCatalogue(folderOf(instance), backupSite(instance, inAYear));
      assert.deepEqual(
        (await entriesOf(instance)).map(({ kind }) => kind),
        Array.from({ length: 5 }, () => "base"),
      );
    });
  });

  describe("that cannot be made", () => {
    const assertFails = async (
      instance: LocalInstance,
      code: string,
      message: RegExp,
      site: Partial<BackupSite> = {},
    ) => {
      const before = (await readdir(folderOf(instance))).toSorted();
      await assert.rejects(take(instance, site), { code, message });
      assert.deepEqual((await readdir(folderOf(instance))).toSorted(), before, "something half-made was left");
    };

    it("stops the run when the server is gone", async () => {
      const { instance } = await withBase();
      await stopLocalInstance(instance);
      await assertFails(instance, "backup_failed", /server is gone or refused/);
    });

    it("stops the run when the server dies in the middle", async () => {
      const { instance } = await withBase();
      const { pid } = (await readPostmaster(instance.dataDirectory))!;
      await assertFails(instance, "backup_failed", /server is gone or refused/, {
        progress: () => process.kill(pid, "SIGQUIT"),
      });
      await startLocalInstance(instance);
      assertBase(await take(instance), /server was started since/);
    });

    it("stops the run when the archive takes nothing: a mark in WAL that is not kept is no way back", async () => {
      const { instance } = await withBase();
      await chown(instance.walDirectory, 0, 0).catch(() => undefined);
      await chmod(instance.walDirectory, 0o500);
      try {
        await assertFails(instance, "backup_failed", /could not archive WAL segment 0000/);
      } finally {
        const user = serverUser();
        if (user !== undefined) await chown(instance.walDirectory, user.uid, user.gid);
        await chmod(instance.walDirectory, 0o700);
      }
    });

    it("leaves nothing when it is interrupted", async () => {
      const { instance } = await withBase();
      const interrupt = new AbortController();
      await assertFails(instance, "interrupted", /interrupted/, {
        ...{ signal: interrupt.signal, progress: () => interrupt.abort() },
      });
      assertPoint(await take(instance));
    });

    for (const [point, survives] of [
      ["backup-marked", 0],
      ["backup-published", 1],
      ["backup-pruned", 1],
    ] as const) {
      it(`killed at ${point}, leaves ${survives} whole one, and the next one clears up`, async () => {
        const { instance, base } = await withBase();
        await killedAt(instance, point);
        const { entries, faults } = await listCatalogue(folderOf(instance));
        assert.deepEqual([entries.length, faults.length], [1 + survives, 0]);
        const { entry } = await take(instance);
        assert.deepEqual(entry.kind === "point" && isPoint(entry) && entry.manifest.base, base.id);
        const ids = [...entries.map(({ id }) => id), entry.id];
        assert.deepEqual((await readdir(folderOf(instance))).toSorted(), ids.toSorted());
      });
    }
  });

  /** Takes one in a process of its own that dies at `point`. */
  async function killedAt({ project, name, root }: LocalInstance, point: string): Promise<void> {
    const script = `
      const { findLocalInstance } = require("./engine/adapters/local/instance-file.ts");
      const { localBackups } = require("./engine/adapters/backup/local-backups.ts");
      const { backupSite, REQUEST } = require("./test/support/backups.ts");
      const killPoint = (point) => point === "${point}" && process.kill(process.pid, "SIGKILL");
      findLocalInstance(${JSON.stringify({ project, name, root })}).then((instance) =>
        localBackups(backupSite(instance, { killPoint })).take(REQUEST));`;
    await assert.rejects(promisify(execFile)(process.execPath, ["--require", "tsx/cjs", "-e", script]), {
      signal: "SIGKILL",
    });
  }
});
