import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmodSync, readdirSync, writeFileSync } from "node:fs";
import { chown, chmod, mkdir, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { listCatalogue } from "../../engine/adapters/backup/catalogue-folder.js";
import { localBackups } from "../../engine/adapters/backup/local-backups.js";
import { createTar } from "../../engine/adapters/backup/tar-writer.js";
import type { LocalInstance } from "../../engine/adapters/local/instance-file.js";
import { ensureLocalInstance, startLocalInstance, stopLocalInstance } from "../../engine/adapters/local/instances.js";
import { readPostmaster } from "../../engine/adapters/local/postmaster.js";
import { serverUser } from "../../engine/adapters/local/server-user.js";
import { HoldfastError } from "../../engine/core/errors.js";
import { backup, backupSite, folderOf, REQUEST } from "../support/backups.js";
import { connectLocal, createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { skipBecause } from "../support/skip-because.js";
import { mountSmallDisk } from "../support/small-disk.js";

describe("a backup that cannot be made", () => {
  let dataRoot: TestDataRoot;
  let made = 0;
  before(async () => {
    dataRoot = await createDataRoot();
  });
  after(() => dataRoot.remove());

  const fresh = () => ensureLocalInstance({ project: "shop", name: `dev${++made}`, root: dataRoot.path });

  /** The promise of every failure here: an error that names it, nothing half-written, and the next backup is good. */
  async function assertFails(instance: LocalInstance, message: RegExp, work: () => Promise<unknown>): Promise<void> {
    await assert.rejects(work(), (error) => {
      assert.ok(error instanceof HoldfastError, String(error));
      assert.equal(error.code, "backup_failed");
      assert.match(error.message, message);
      assert.ok(error.details.next !== undefined);
      return true;
    });
    assert.deepEqual(await readdir(folderOf(instance)).catch(() => []), []);
  }

  async function assertNextOneWorks(instance: LocalInstance): Promise<void> {
    const entry = await backup(instance);
    assert.deepEqual((await listCatalogue(folderOf(instance))).entries, [entry]);
  }

  it("tells at once when the disk has too little room, before it is filled", async function () {
    const instance = await fresh();
    const remove = await mountSmallDisk(this, folderOf(instance), 16);
    try {
      await assertFails(instance, /too full: \d+ MB are needed and 16 MB are free/, () => backup(instance));
    } finally {
      remove();
    }
    await assertNextOneWorks(instance);
  });

  it("gives the room back when the disk fills up on the way", async function () {
    const instance = await fresh();
    const remove = await mountSmallDisk(this, folderOf(instance), 160);
    const filler = join(folderOf(instance), ".filler");
    const fill = () => writeFileSync(filler, Buffer.alloc(150 * 1024 * 1024));
    try {
      await assert.rejects(
        backup(instance, { progress: (event) => event.kind === "backup" && event.state === "started" && fill() }),
        { code: "backup_failed", message: /the disk is full/ },
      );
      assert.deepEqual(readdirSync(folderOf(instance)), [".filler"]);
    } finally {
      remove();
    }
    await assertNextOneWorks(instance);
  });

  it("leaves the base alone when the disk is full for a restore point", async function () {
    const instance = await fresh();
    const remove = await mountSmallDisk(this, folderOf(instance), 160);
    const filler = join(folderOf(instance), ".filler");
    const take = () => localBackups(backupSite(instance)).take(REQUEST);
    try {
      const base = await take();
      // To the last byte: the system says that there is no more.
      assert.throws(() => writeFileSync(filler, Buffer.alloc(160 * 1024 * 1024)), { code: "ENOSPC" });
      await assert.rejects(take(), { code: "backup_failed", exitCode: 3, message: /the disk is full/ });
      assert.deepEqual(readdirSync(folderOf(instance)).toSorted(), [".filler", base.id]);
      await rm(filler);
      assert.equal((await take()).kind, "point");
    } finally {
      remove();
    }
  });

  it("notices a disk that takes no byte, also where only the writing shows it", async function () {
    if (process.platform !== "linux") skipBecause(this, "only Linux has /dev/full");
    const tar = await createTar("/dev/full", () => undefined);
    const content = async function* () {
      for (let block = 0; block < 64; block += 1) yield await Promise.resolve(Buffer.alloc(256 * 1024));
    };
    await assert.rejects(tar.add({ name: "large", size: 16 * 1024 * 1024, type: "file" }, content()), {
      code: "ENOSPC",
    });
    await assert.rejects(tar.finish(), { code: "ENOSPC" });
    await tar.close();
  });

  it("names the folder it may not write", async () => {
    const instance = await fresh();
    const folder = dirname(folderOf(instance));
    await mkdir(folder, { recursive: true });
    await asPlainUser(async () => {
      await chmod(folder, 0o500);
      await assertFails(instance, /no permission.*backups/, () => backup(instance)).finally(() =>
        chmodSync(folder, 0o755),
      );
    }, folder);
  });

  it("names a file that stands in the way of the catalogue", async () => {
    const instance = await fresh();
    await mkdir(dirname(dirname(folderOf(instance))), { recursive: true });
    await writeFile(dirname(folderOf(instance)), "");
    await assert.rejects(backup(instance), { code: "backup_failed", message: /a file stands in the way/ });
    await rm(dirname(folderOf(instance)));
    await assertNextOneWorks(instance);
  });

  it("says that the server does not run", async () => {
    const instance = await fresh();
    await stopLocalInstance(instance);
    await assertFails(instance, /server is gone or refused/, () => backup(instance));
  });

  it("stops when the server dies in the middle", async () => {
    const instance = await fresh();
    const { pid } = (await readPostmaster(instance.dataDirectory))!;
    let isKilled = false;
    const progress = () => {
      if (!isKilled) process.kill(pid, "SIGQUIT");
      isKilled = true;
    };
    await assertFails(instance, /server is gone or refused/, () => backup(instance, { progress }));
    await startLocalInstance(instance);
    await assertNextOneWorks(instance);
  });

  it("keeps no backup whose WAL could not be archived, and names the archive", async function () {
    this.timeout(120_000);
    const instance = await fresh();
    await chown(instance.walDirectory, 0, 0).catch(() => undefined);
    await chmod(instance.walDirectory, 0o500);
    try {
      await assertFails(instance, /could not archive WAL segment 0000/, () => backup(instance));
    } finally {
      const user = serverUser();
      if (user !== undefined) await chown(instance.walDirectory, user.uid, user.gid);
      await chmod(instance.walDirectory, 0o700);
    }
  });

  it("refuses a database with a tablespace elsewhere, which a copy would miss", async () => {
    const instance = await fresh();
    const place = join(dataRoot.path, "elsewhere");
    await mkdir(place);
    const user = serverUser();
    if (user !== undefined) await chown(place, user.uid, user.gid);
    const client = await connectLocal(instance);
    await client.query(`CREATE TABLESPACE elsewhere LOCATION '${place}'`);
    await assertFails(instance, /tablespaces outside its data directory \(elsewhere\)/, () => backup(instance));
    await client.query("DROP TABLESPACE elsewhere");
    await client.end();
    await assertNextOneWorks(instance);
  });

  it("leaves nothing when it is interrupted", async () => {
    const instance = await fresh();
    const interrupt = new AbortController();
    await assert.rejects(backup(instance, { signal: interrupt.signal, progress: () => interrupt.abort() }), {
      code: "interrupted",
    });
    assert.deepEqual(await readdir(folderOf(instance)), []);
    await assertNextOneWorks(instance);
  });

  it("clears up also after a process whose id came again: our own, or a stranger's", async () => {
    const instance = await fresh();
    const folder = folderOf(instance);
    const yesterday = new Date(Date.now() - 25 * 60 * 60 * 1000);
    for (const pid of [process.pid, process.ppid]) {
      await mkdir(join(folder, `.new-${pid}-left`), { recursive: true });
      await utimes(join(folder, `.new-${pid}-left`), yesterday, yesterday);
    }
    await mkdir(join(folder, `.new-${process.ppid}-busy`));
    const entry = await backup(instance);
    assert.deepEqual((await readdir(folder)).toSorted(), [`.new-${process.ppid}-busy`, entry.id]);
  });

  for (const [point, survives] of [
    ["backup-copied", 0],
    ["backup-published", 1],
  ] as const) {
    it(`killed at ${point}, it leaves ${survives} whole backup, and the next one clears up`, async () => {
      const instance = await fresh();
      await killedBackup(instance, point);
      const { entries, faults } = await listCatalogue(folderOf(instance));
      assert.deepEqual([entries.length, faults.length], [survives, 0]);
      const entry = await backup(instance);
      const names = [...entries.map(({ id }) => id), entry.id];
      assert.deepEqual((await readdir(folderOf(instance))).toSorted(), names.toSorted());
    });
  }
});

/** Root may write everywhere, so a test of rights gives it up for a while. */
async function asPlainUser(work: () => Promise<void>, folder: string): Promise<void> {
  const user = serverUser();
  if (user === undefined) return work();
  await chown(folder, user.uid, user.gid);
  process.setegid!(user.gid);
  process.seteuid!(user.uid);
  try {
    await work();
  } finally {
    process.seteuid!(0);
    process.setegid!(0);
  }
}

/** A backup in a process of its own that dies at `point`. */
async function killedBackup({ project, name, root }: LocalInstance, point: string): Promise<void> {
  const script = `
    const { findLocalInstance } = require("./engine/adapters/local/instance-file.ts");
    const { backup } = require("./test/support/backups.ts");
    findLocalInstance(${JSON.stringify({ project, name, root })}).then((instance) =>
      backup(instance, { killPoint: (point) => point === "${point}" && process.kill(process.pid, "SIGKILL") }));`;
  await assert.rejects(promisify(execFile)(process.execPath, ["--require", "tsx/cjs", "-e", script]), {
    signal: "SIGKILL",
  });
}
