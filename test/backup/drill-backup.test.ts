import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { clearLeftovers } from "../../engine/adapters/backup/prune-catalogue.js";
import { listCatalogue } from "../../engine/adapters/backup/catalogue-folder.js";
import { localBackups } from "../../engine/adapters/backup/local-backups.js";
import { takePoint } from "../../engine/adapters/backup/take-point.js";
import {
  findLocalInstance,
  listLocalInstances,
  type LocalInstance,
} from "../../engine/adapters/local/instance-file.js";
import { ensureLocalInstance } from "../../engine/adapters/local/instances.js";
import { isPortFree } from "../../engine/adapters/local/port.js";
import { readPostmaster } from "../../engine/adapters/local/postmaster.js";
import { renderManifest } from "../../engine/core/backup-manifest.js";
import type { BaseEntry } from "../../engine/core/catalogue.js";
import type { Proof } from "../../engine/core/inspection.js";
import { backup, backupSite, folderOf, REQUEST } from "../support/backups.js";
import { refusalOf } from "../support/engine.js";
import { connectLocal, createDataRoot, type TestDataRoot } from "../support/data-root.js";

describe("a drill", () => {
  let dataRoot: TestDataRoot;
  let instance: LocalInstance;
  let entry: BaseEntry;
  const now = new Date("2026-01-20T10:00:00Z");
  const backups = () => localBackups(backupSite(instance, { now: () => now }));

  before(async () => {
    dataRoot = await createDataRoot();
    instance = await ensureLocalInstance({ project: "shop", name: "dev", root: dataRoot.path });
    const client = await connectLocal(instance);
    await client.query("CREATE TABLE users AS SELECT generate_series(1, 100) AS id");
    await client.end();
    entry = await backup(instance);
  });
  afterEach(async () => {
    const names = await readdir(folderOf(instance));
    assert.deepEqual(
      names.filter((name) => name.startsWith(".")),
      [],
      "something was left of a drill",
    );
    assert.deepEqual(await listLocalInstances({ root: dataRoot.path }), [instance]);
  });
  after(() => dataRoot.remove());

  it("has not happened to a fresh backup", async () => {
    assert.equal(entry.provenAt, null);
    assert.equal(await backups().lastProvenAt(), null);
  });

  it("restores, starts and counts, and records when the backup was proven", async () => {
    const site = backupSite(instance, { now: () => now });
    assert.deepEqual(await localBackups(site).drill(entry), now);
    assert.deepEqual((await listCatalogue(folderOf(instance))).entries[0]!.provenAt, now);
    assert.deepEqual(await backups().lastProvenAt(), now);
    assert.deepEqual(site.events, [
      { kind: "drill", state: "started" },
      { kind: "drill", state: "done" },
    ]);
  });

  it("keeps what was looked at, and how long it took", async () => {
    const { tookMs, checked } = JSON.parse(await readFile(join(entry.path, "proof.json"), "utf8")) as Proof;
    assert.ok(tookMs > 0 && tookMs < 60_000, String(tookMs));
    assert.deepEqual([checked.tables, checked.rows, checked.takesWrites, checked.findings], [1, 100, true, []]);
  });

  it("proves a restore point over the write-ahead log since its base, as the base itself", async () => {
    const client = await connectLocal(instance);
    await client.query("INSERT INTO users SELECT generate_series(101, 130)");
    const later = new Date("2026-01-21T10:00:00Z");
    const site = backupSite(instance, { now: () => later });
    const point = await takePoint(backupSite(instance), REQUEST);
    assert.ok(point !== undefined);
    await client.query("DELETE FROM users WHERE id > 100");
    await client.end();
    assert.deepEqual(await localBackups(site).drill(point), later);
    assert.deepEqual(await backups().lastProvenAt(), later);
    const { checked } = JSON.parse(await readFile(join(point.path, "proof.json"), "utf8")) as Proof;
    assert.equal(checked.rows, 130);
    await rm(point.path, { recursive: true });
  });

  it("names the segment that a restore point misses, and the next best backup", async () => {
    const point = await takePoint(backupSite(instance), REQUEST);
    assert.ok(point !== undefined);
    const segment = join(instance.walDirectory, point.manifest.wal.lastSegment);
    await rename(segment, `${segment}.away`);
    const refused = await refusalOf(backups().drill(point));
    await rename(`${segment}.away`, segment);
    assert.deepEqual([refused.code, refused.exitCode], ["backup_damaged", 3]);
    assert.match(refused.message, new RegExp(`${point.manifest.wal.lastSegment} is missing`));
    assert.match(refused.details.next ?? "", /The next best is 2/);
    await rm(point.path, { recursive: true });
  });

  it("does not take the proof of another cluster that had the same name", async () => {
    const other = { ...instance, resourceId: "local-another" };
    assert.equal(await localBackups(backupSite(other)).lastProvenAt(), null);
  });

  it("outlives a proof that was damaged: it just has to be made again", async () => {
    const proof = join(entry.path, "proof.json");
    const text = await readFile(proof, "utf8");
    for (const broken of ["", "{}", '{"provenAt": "yesterday"}']) {
      await writeFile(proof, broken);
      assert.equal(await backups().lastProvenAt(), null);
    }
    await writeFile(proof, text);
  });

  it("fails, and proves nothing, when a table does not have the rows of the manifest", async () => {
    const second = await backup(instance);
    const tables = second.manifest.tables.map((count) => ({ ...count, rows: 101 }));
    await writeFile(join(second.path, "manifest.json"), renderManifest({ ...second.manifest, tables }));
    await assert.rejects(backups().drill(second), {
      code: "drill_failed",
      message: `Backup ${second.id} is not proven. It restores with other rows than it was taken with: public.users has 100 rows instead of 101.`,
    });
    const { entries } = await listCatalogue(folderOf(instance));
    assert.equal(entries.find(({ id }) => id === second.id)!.provenAt, null);
  });

  it("names a damaged backup", async () => {
    const third = await backup(instance);
    await writeFile(join(third.path, "base.tar"), Buffer.alloc(third.sizeBytes));
    await assert.rejects(backups().drill(third), { code: "backup_damaged" });
  });

  it("killed in the middle, leaves a server that the next backup or drill ends and clears away", async () => {
    const script = `
      const { findLocalInstance } = require("./engine/adapters/local/instance-file.ts");
      const { localBackups } = require("./engine/adapters/backup/local-backups.ts");
      const { backupSite } = require("./test/support/backups.ts");
      findLocalInstance(${JSON.stringify({ project: "shop", name: "dev", root: dataRoot.path })}).then((instance) =>
        localBackups(
          backupSite(instance, { killPoint: (point) => point === "drill-running" && process.kill(process.pid, "SIGKILL") }),
        ).drill(${JSON.stringify({ id: entry.id, path: entry.path })}));`;
    const run = promisify(execFile)(process.execPath, ["--require", "tsx/cjs", "-e", script]);
    await assert.rejects(run, { signal: "SIGKILL" });
    const left = (await readdir(folderOf(instance))).find((name) => name.startsWith(".drill-"))!;
    const data = join(folderOf(instance), left, "data");
    const server = (await readPostmaster(data))!;
    assert.ok(server.isReady);
    await clearLeftovers(folderOf(instance), dataRoot.path);
    assert.ok(await isPortFree(server.port), "its server still runs");
    assert.ok(await findLocalInstance({ project: "shop", name: "dev", root: dataRoot.path }));
  });
});
