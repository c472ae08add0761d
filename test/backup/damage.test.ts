import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { listCatalogue } from "../../engine/adapters/backup/catalogue-folder.js";
import { localBackups } from "../../engine/adapters/backup/local-backups.js";
import { pruneCatalogue } from "../../engine/adapters/backup/prune-catalogue.js";
import { restoreBackup } from "../support/restore.js";
import { takePoint } from "../../engine/adapters/backup/take-point.js";
import { ledgerOf, walLedgerFile } from "../../engine/adapters/backup/wal-ledger.js";
import type { LocalInstance } from "../../engine/adapters/local/instance-file.js";
import { ensureLocalInstance, stopLocalInstance } from "../../engine/adapters/local/instances.js";
import { renderManifest, type BackupManifest } from "../../engine/core/backup-manifest.js";
import type { BaseEntry, LocalEntry, PointEntry } from "../../engine/core/catalogue.js";
import { verifyBackups } from "../../engine/verify-backup.js";
import { backup, backupSite, entriesOf, folderOf, REQUEST } from "../support/backups.js";
import {
  appended,
  emptied,
  flipSomewhere,
  missing,
  rewritten,
  swapped,
  truncated,
  type TestDamage,
} from "../support/damages.js";
import { connectLocal, createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { refusalOf } from "../support/engine.js";
import { generator, seedOfThisRun } from "../support/seed.js";
import { until } from "../support/until.js";

/** A soak makes more of each kind. */
const TIMES = Number(process.env["HOLDFAST_DAMAGE_TIMES"] ?? 1);

describe("damage of a backup", function () {
  this.timeout(240_000 * TIMES);
  const seed = seedOfThisRun();
  const random = generator(seed);
  let dataRoot: TestDataRoot;
  let instance: LocalInstance;
  let older: BaseEntry;
  let point: PointEntry;
  let later: PointEntry;
  let newer: BaseEntry;
  /** Archived since the newest base, noted in no ledger. */
  let tail: string;
  let damages = 0;

  const verify = (id?: string) =>
    verifyBackups({
      ...{ name: { root: dataRoot.path, project: "shop", instance: "dev" }, id },
      ...{ progress: () => undefined, signal: new AbortController().signal },
    });
  const manifestOf = ({ path }: LocalEntry) => join(path, "manifest.json");
  const tarOf = ({ path }: LocalEntry) => join(path, "base.tar");
  const wal = (segment: string) => join(instance.walDirectory, segment);
  const write = async (sql: string) => {
    const client = await connectLocal(instance);
    const { rows } = await client.query<Record<string, string>>(sql);
    await client.end();
    return Object.values(rows[0] ?? {})[0] ?? "";
  };

  before(async () => {
    dataRoot = await createDataRoot();
    instance = await ensureLocalInstance({ project: "shop", name: "dev", root: dataRoot.path });
    await write("CREATE TABLE users AS SELECT generate_series(1, 100) AS id");
    older = await backup(instance);
    point = await takeOn(older);
    await write("INSERT INTO users SELECT generate_series(101, 300)");
    later = await takeOn(older);
    newer = await backup(instance);
    await write("SELECT pg_logical_emit_message(true, 'test', repeat('tail ', 200000))");
    tail = await write("SELECT pg_walfile_name(pg_switch_wal())");
    await until("the tail is archived", () => existsSync(wal(tail)));
    await localBackups(backupSite(instance)).drill(newer);
  });
  after(async () => {
    await dataRoot.remove();
    assert.ok(damages >= 200, `only ${damages} damages`);
  });

  async function takeOn(base: BaseEntry): Promise<PointEntry> {
    const taken = await takePoint(backupSite(instance), REQUEST);
    assert.equal(taken?.manifest.base, base.id);
    return taken;
  }

  /** Made, looked for in the verification of that backup, and undone. */
  async function assertFound(damage: TestDamage, id: string, file: string, isOtherLeft = true): Promise<void> {
    damages += 1;
    const { backups, damages: others } = await verify(id);
    const told = [...backups.flatMap((one) => one.damages), ...others].map(({ message }) => message);
    damage.undo();
    const where = `${damage.what} (seed ${seed})`;
    assert.ok(
      told.some((message) => message.includes(basename(file))),
      `${where} was not named: ${told.join("\n")}`,
    );
    const [judged] = backups;
    if (judged === undefined || judged.damages.length === 0 || !isOtherLeft) return;
    assert.ok(judged.nextBest !== null && judged.nextBest !== id, `${where}: nothing is offered instead`);
  }

  const times = (n: number) => Array.from({ length: n * TIMES }, (_, index) => index);

  it("is not seen where there is none", async () => {
    const report = await verify();
    assert.deepEqual(
      report.backups.map(({ id, damages: found }) => [id, found]),
      [newer, later, point, older].map(({ id }) => [id, []]),
    );
    assert.deepEqual(report.damages, []);
  });

  it("in a base backup: any byte, cut, emptied, appended to, gone, or another one's", async () => {
    for (const index of times(30)) {
      const base = index % 2 === 0 ? older : newer;
      await assertFound(flipSomewhere(tarOf(base), random), base.id, tarOf(base));
    }
    for (const base of [older, newer]) {
      for (const damage of [
        () => truncated(tarOf(base), random),
        () => emptied(tarOf(base)),
        () => appended(tarOf(base)),
        () => missing(tarOf(base)),
      ]) {
        await assertFound(damage(), base.id, base.id);
      }
    }
    await assertFound(swapped(tarOf(older), tarOf(newer)), older.id, "base.tar", false);
  });

  it("in the write-ahead log to a restore point: any byte, cut, emptied, appended to, gone, exchanged", async () => {
    const segments = [point.manifest.wal.lastSegment, later.manifest.wal.lastSegment];
    for (const index of times(40)) {
      const file = wal(segments[index % 2]!);
      await assertFound(flipSomewhere(file, random), later.id, file);
    }
    for (const segment of segments) {
      for (const damage of [truncated, emptied, appended, missing]) {
        await assertFound(damage(wal(segment), random), later.id, segment);
      }
    }
    await assertFound(swapped(wal(segments[0]!), wal(segments[1]!)), later.id, segments[0]!);
  });

  it("in the log behind the last backup, which no ledger knows: in any record", async () => {
    const text = readFileSync(wal(tail));
    const from = text.indexOf("tail tail");
    for (let round = 0; round < 20 * TIMES; round += 1) {
      // Page headers lie between; what nothing reads is in none of these bytes but theirs.
      const damage = flipInRecord(wal(tail), from, from + 900_000);
      await assertFound(damage, newer.id, tail);
    }
    for (const damage of [truncated, emptied]) await assertFound(damage(wal(tail), random), newer.id, tail);
  });

  function flipInRecord(file: string, from: number, to: number): TestDamage {
    const page = Math.floor((from + random() * (to - from)) / 8192);
    return flipSomewhere(file, random, page * 8192 + 24, (page + 1) * 8192);
  }

  it("in a manifest, a ledger, a proof: any byte of it", async () => {
    for (const entry of [older, point, later, newer]) {
      const file = manifestOf(entry);
      for (let round = 0; round < 10 * TIMES; round += 1)
        await assertFound(flipSomewhere(file, random), entry.id, file);
      for (const damage of [truncated, emptied, missing]) await assertFound(damage(file, random), entry.id, file);
    }
    const ledger = walLedgerFile(ledgerOf(instance));
    for (let round = 0; round < 10 * TIMES; round += 1)
      await assertFound(flipSomewhere(ledger, random), point.id, ledger);
    const proof = join(newer.path, "proof.json");
    for (let round = 0; round < 10 * TIMES; round += 1)
      await assertFound(flipSomewhere(proof, random), newer.id, proof);
    await assertFound(swapped(manifestOf(older), manifestOf(newer)), older.id, older.id, false);
  });

  it("in a manifest that was edited and closed anew, by what it does not fit", async () => {
    const edits: readonly (readonly [LocalEntry, (manifest: never) => object])[] = [
      [newer, (manifest: BaseEntry["manifest"]) => ({ ...manifest, id: older.id })],
      [newer, ({ data, ...rest }: BaseEntry["manifest"]) => ({ ...rest, data: { ...data, bytes: data.bytes - 512 } })],
      [newer, ({ data, ...rest }: BaseEntry["manifest"]) => ({ ...rest, data: { ...data, sha256: "0".repeat(64) } })],
      [
        newer,
        (manifest: BaseEntry["manifest"]) => ({ ...manifest, server: { ...manifest.server, systemIdentifier: "1" } }),
      ],
      [newer, (manifest: BaseEntry["manifest"]) => ({ ...manifest, wal: { ...manifest.wal, start: "0/1000028" } })],
      [newer, (manifest: BaseEntry["manifest"]) => ({ ...manifest, wal: { ...manifest.wal, stop: "F/1000028" } })],
      [
        newer,
        (manifest: BaseEntry["manifest"]) => ({ ...manifest, wal: { ...manifest.wal, restorePoint: "elsewhere" } }),
      ],
      [later, (manifest: PointEntry["manifest"]) => ({ ...manifest, base: "20000101T000000Z-v1" })],
      [later, (manifest: PointEntry["manifest"]) => ({ ...manifest, resourceId: "local-another" })],
      [
        later,
        (manifest: PointEntry["manifest"]) => ({ ...manifest, server: { ...manifest.server, systemIdentifier: "1" } }),
      ],
      [later, (manifest: PointEntry["manifest"]) => ({ ...manifest, wal: { ...manifest.wal, lsn: "F/0" } })],
      [
        later,
        (manifest: PointEntry["manifest"]) => ({ ...manifest, wal: { ...manifest.wal, restorePoint: "elsewhere" } }),
      ],
      [
        later,
        (manifest: PointEntry["manifest"]) => ({
          ...manifest,
          wal: { ...manifest.wal, lastSegment: `${"0".repeat(7)}1${"0".repeat(13)}FFF` },
        }),
      ],
      [later, (manifest: PointEntry["manifest"]) => ({ ...manifest, takenAt: "2000-01-01T00:00:00.000Z" })],
    ];
    for (const [entry, edit] of edits) {
      const manifest = edit(entry.manifest as never) as BackupManifest;
      const damage = rewritten(manifestOf(entry), renderManifest(manifest), JSON.stringify(manifest));
      await assertFound(damage, entry.id, "");
    }
  });

  it("is never restored: the restore names it and the next best", async () => {
    const cases: readonly (readonly [LocalEntry, () => TestDamage, RegExp])[] = [
      ...times(4).map(() => [newer, () => flipSomewhere(tarOf(newer), random), /base\.tar/] as const),
      ...times(4).map(() => [older, () => flipSomewhere(tarOf(older), random), /base\.tar/] as const),
      ...times(3).map(() => [later, () => flipSomewhere(tarOf(older), random), /base\.tar/] as const),
      ...times(3).map(
        () => [later, () => flipSomewhere(wal(later.manifest.wal.lastSegment), random), /0000000/] as const,
      ),
      [later, () => missing(wal(point.manifest.wal.lastSegment)), /is missing/],
      [later, () => truncated(wal(later.manifest.wal.lastSegment), random), /bytes long instead of/],
      [later, () => emptied(wal(later.manifest.wal.lastSegment)), /bytes long instead of/],
    ];
    for (const [entry, make, name] of cases) {
      const damage = make();
      damages += 1;
      const refused = await refusalOf(
        restoreBackup({ root: dataRoot.path, entry, as: "never", progress: () => undefined }),
      );
      damage.undo();
      assert.equal(refused.code, "backup_damaged", `${damage.what}: ${refused.message}`);
      assert.match(refused.message, name, damage.what);
      assert.match(refused.details.next ?? "", /The next best is 2/, damage.what);
    }
    assert.deepEqual((await readdir(dirname(instance.directory))).toSorted(), ["backups", "dev"]);
  });

  it("of a ledger or a proof hinders no restore: it has the manifest's rows", async () => {
    const broken = [
      flipSomewhere(walLedgerFile(ledgerOf(instance)), random),
      flipSomewhere(join(newer.path, "proof.json"), random),
    ];
    damages += broken.length;
    const { instance: restored, differences } = await restoreBackup({
      ...{ root: dataRoot.path, entry: later, as: "again", progress: () => undefined },
    });
    for (const damage of broken) damage.undo();
    await stopLocalInstance(restored);
    await rm(restored.directory, { recursive: true });
    assert.deepEqual(differences, []);
  });

  it("does not come of a backup that was killed, of two at once, or of a prune meanwhile", async () => {
    const script = `
      const { findLocalInstance } = require("./engine/adapters/local/instance-file.ts");
      const { backup } = require("./test/support/backups.ts");
      findLocalInstance(${JSON.stringify({ project: "shop", name: "dev", root: dataRoot.path })}).then((instance) =>
        backup(instance, { killPoint: (point) => point === "backup-copied" && process.kill(process.pid, "SIGKILL") }));`;
    const run = promisify(execFile)(process.execPath, ["--require", "tsx/cjs", "-e", script]);
    await assert.rejects(run, { signal: "SIGKILL" });
    const half = (await readdir(folderOf(instance))).filter((name) => name.startsWith(".new-"));
    assert.equal(half.length, 1, "the half-written backup is there, under no backup's name");
    const prune = () => pruneCatalogue(folderOf(instance), backupSite(instance));
    const [one, other] = await Promise.all([backup(instance), backup(instance), prune(), prune(), prune()]);
    assert.notEqual(one.id, other.id);
    const { entries, faults } = await listCatalogue(folderOf(instance));
    assert.deepEqual(faults, []);
    assert.ok([one.id, other.id].every((id) => entries.some((entry) => entry.id === id)));
    const report = await verify();
    assert.deepEqual(report.damages, []);
    assert.deepEqual(
      report.backups.map(({ id, damages: found }) => [id, found]),
      (await entriesOf(instance)).map(({ id }) => [id, []]),
    );
    assert.ok(report.backups.length >= 6);
  });
});
