import assert from "node:assert/strict";
import { open, readFile, readdir, rename, rm, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { listCatalogue } from "../../engine/adapters/backup/catalogue-folder.js";
import { restoreBackup } from "../support/restore.js";
import type { LocalInstance } from "../../engine/adapters/local/instance-file.js";
import { ensureLocalInstance } from "../../engine/adapters/local/instances.js";
import { renderManifest } from "../../engine/core/backup-manifest.js";
import type { BaseEntry } from "../../engine/core/catalogue.js";
import { backup, chosenBackup, folderOf } from "../support/backups.js";
import { connectLocal, createDataRoot, type TestDataRoot } from "../support/data-root.js";

const SEED = 20260119;

describe("a damaged backup", () => {
  let dataRoot: TestDataRoot;
  let instance: LocalInstance;
  let entry: BaseEntry;
  let tar: string;
  let manifest: string;
  const restore = (of = entry) =>
    restoreBackup({ root: dataRoot.path, entry: of, as: "never", progress: () => undefined });

  before(async () => {
    dataRoot = await createDataRoot();
    instance = await ensureLocalInstance({ project: "shop", name: "dev", root: dataRoot.path });
    const client = await connectLocal(instance);
    await client.query("CREATE TABLE users AS SELECT generate_series(1, 100) AS id");
    await client.end();
    entry = await backup(instance);
    tar = join(entry.path, "base.tar");
    manifest = join(entry.path, "manifest.json");
  });
  afterEach(async () => {
    const left = await readdir(dirname(instance.directory));
    assert.deepEqual(left.toSorted(), ["backups", "dev"], "half a restore was left");
  });
  after(() => dataRoot.remove());

  it("is never restored: one flipped byte anywhere is found", async () => {
    const random = seeded(SEED);
    for (let round = 0; round < 30; round += 1) {
      const at = Math.floor(random() * entry.sizeBytes);
      const undo = await flip(tar, at);
      await assert.rejects(restore(), { code: "backup_damaged", message: /base\.tar was changed/ }, `byte ${at}`);
      await undo();
    }
  });

  it("is recognised by its manifest: a flipped byte there changes nothing or is named", async () => {
    const random = seeded(SEED);
    const { size } = await stats(manifest);
    let found = 0;
    for (let round = 0; round < 100; round += 1) {
      const undo = await flip(manifest, Math.floor(random() * size));
      const { entries, faults } = await listCatalogue(folderOf(instance));
      if (faults.length > 0) found += 1;
      else assert.deepEqual(entries, [entry]);
      assert.equal(entries.length + faults.length, 1);
      await undo();
    }
    assert.ok(found > 50, `only ${found} of 100 were noticed`);
  });

  it("is named in the list, with the good ones beside it, when it was cut short", async () => {
    const good = await backup(instance);
    const whole = await readFile(tar);
    await truncate(tar, entry.sizeBytes - 1);
    const { entries, faults } = await listCatalogue(folderOf(instance));
    assert.deepEqual(entries, [good]);
    assert.match(faults[0]!.message, new RegExp(`${entry.id}/base\\.tar is ${entry.sizeBytes - 1} bytes long`));
    await assert.rejects(chosenBackup({ ...instance, instance: "dev" }, entry.id), { code: "backup_damaged" });
    await writeFile(tar, whole);
    await rm(good.path, { recursive: true });
  });

  for (const file of ["base.tar", "manifest.json"]) {
    it(`is named when its ${file} is missing`, async () => {
      const path = join(entry.path, file);
      await rename(path, `${path}.away`);
      const { entries, faults } = await listCatalogue(folderOf(instance));
      assert.deepEqual(entries, []);
      assert.deepEqual([faults[0]!.code, faults[0]!.message], ["backup_damaged", `${path} is missing.`]);
      await rename(`${path}.away`, path);
    });
  }

  it("keeps all WAL: what a manifest that cannot be read needs is not known", async () => {
    const before = await readdir(instance.walDirectory);
    const undo = await flip(manifest, 10);
    const made = await Promise.all([1, 2].map(() => backup(instance)));
    const after = await readdir(instance.walDirectory);
    assert.deepEqual(
      before.filter((file) => !after.includes(file)),
      [],
    );
    await undo();
    for (const { path } of made) await rm(path, { recursive: true });
  });

  it("is refused with the server's words when it is whole but does not recover", async () => {
    const { wal } = entry.manifest;
    const wrong = { ...entry.manifest, wal: { ...wal, restorePoint: "elsewhere" } };
    await assert.rejects(restore({ ...entry, manifest: wrong }), {
      code: "restore_failed",
      message: /recovery ended before configured recovery target was reached/,
    });
    assert.equal(renderManifest(entry.manifest), await readFile(manifest, "utf8"));
  });
});

/** @returns flips it back */
async function flip(path: string, at: number): Promise<() => Promise<void>> {
  const toggle = async () => {
    const file = await open(path, "r+");
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, at);
    await file.write(Buffer.from([byte[0]! ^ 0x01]), 0, 1, at);
    await file.close();
  };
  await toggle();
  return toggle;
}

async function stats(path: string): Promise<{ size: number }> {
  return { size: (await readFile(path)).length };
}

/** Numbers in [0, 1), the same for the same seed (a linear congruential generator). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return state / 2 ** 32;
  };
}
