import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import {
  damagedSegments,
  readWalLedger,
  recordWal,
  trimWalLedger,
  walLedgerFile,
  type LedgerName,
} from "../../engine/adapters/backup/wal-ledger.js";
import { flipByte } from "../support/flip-byte.js";
import { skipBecause } from "../support/skip-because.js";

const segment = (number: number) => `0000000100000000000000${number.toString(16).toUpperCase().padStart(2, "0")}`;

describe("the ledger of archived WAL", () => {
  let name: LedgerName;
  let archive: string;

  beforeEach(async () => {
    const root = await mkdtemp(join(tmpdir(), "holdfast ledger 100%p-"));
    name = { root, project: "shop", instance: "dev", resourceId: "local-a" };
    archive = join(root, "wal");
    await mkdir(archive);
    await archived(1, 2, 3);
  });
  afterEach(() => rm(name.root, { recursive: true }));

  async function archived(...numbers: readonly number[]): Promise<void> {
    for (const number of numbers) await writeFile(join(archive, segment(number)), `segment ${number}`);
  }
  const recorded = async () => [...(await readWalLedger(name)).keys()];
  const sumOf = (text: string) => createHash("sha256").update(text).digest("hex");

  it("holds the SHA-256 of each whole segment, and of nothing else that lies there", async () => {
    for (const other of [`${segment(4)}.partial`, "00000002.history", `archtemp.${segment(5)}.1.2`]) {
      await writeFile(join(archive, other), "");
    }
    await recordWal(name, archive);
    assert.deepEqual(
      [...(await readWalLedger(name))],
      [1, 2, 3].map((number) => [segment(number), sumOf(`segment ${number}`)]),
    );
  });

  it("is read by sha256sum, too", async function () {
    await recordWal(name, archive);
    const check = () =>
      promisify(execFile)("sha256sum", ["--check", "--strict", walLedgerFile(name)], { cwd: archive });
    const run = await check().catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") skipBecause(this, "this machine has no sha256sum");
      throw error;
    });
    assert.match(run.stdout, new RegExp(`${segment(3)}: OK`));
    await flipByte(join(archive, segment(2)), 3);
    await assert.rejects(check());
  });

  it("never records again what was recorded: a later change does not pass for the truth", async () => {
    await recordWal(name, archive);
    await flipByte(join(archive, segment(2)), 3);
    await archived(4);
    await recordWal(name, archive);
    const ledger = await readWalLedger(name);
    assert.deepEqual([...ledger.keys()], [1, 2, 3, 4].map(segment));
    assert.deepEqual(await damagedSegments(ledger, archive, [1, 2, 3, 4].map(segment)), [segment(2)]);
  });

  it("names what is gone, and cannot judge what it does not know", async () => {
    await recordWal(name, archive);
    await archived(4);
    await rm(join(archive, segment(1)));
    const ledger = await readWalLedger(name);
    assert.deepEqual(await damagedSegments(ledger, archive, [1, 2, 4, 5].map(segment)), [segment(1), segment(5)]);
  });

  it("is empty before the first backup, and each cluster has one of its own", async () => {
    assert.deepEqual(await recorded(), []);
    await recordWal(name, archive);
    assert.deepEqual([...(await readWalLedger({ ...name, resourceId: "local-b" }))], []);
  });

  it("any change of a byte in it is recognised", async () => {
    await recordWal(name, archive);
    const file = walLedgerFile(name);
    const { length } = await readFile(file);
    for (let at = 0; at < length; at += 1) {
      const undo = await flipByte(file, at);
      await assert.rejects(
        readWalLedger(name),
        { code: "backup_damaged", message: new RegExp(basename(file)) },
        `${at}`,
      );
      await assert.rejects(recordWal(name, archive), { code: "backup_damaged" });
      await undo();
    }
    const text = await readFile(file, "utf8");
    for (const cut of ["", text.slice(0, 90), text.slice(0, -1), text.replace(/^.*\n/, "")]) {
      await writeFile(file, cut);
      await assert.rejects(readWalLedger(name), { code: "backup_damaged" }, JSON.stringify(cut));
    }
  });

  it("forgets what was pruned, and what came before its first segment stays unknown", async () => {
    await recordWal(name, archive, segment(2));
    assert.deepEqual(await recorded(), [2, 3].map(segment));
    await archived(4);
    await recordWal(name, archive);
    assert.deepEqual(await recorded(), [2, 3, 4].map(segment));
    await rm(join(archive, segment(2)));
    await trimWalLedger(name, archive);
    assert.deepEqual(await recorded(), [3, 4].map(segment));
  });

  it("holds what all of them saw when many backups write it at once, and nothing half-written beside it", async () => {
    await recordWal(name, archive);
    const archives = await Promise.all(
      [4, 5, 6, 7, 8].map(async (number) => {
        const own = join(name.root, `wal ${number}`);
        await mkdir(own);
        await writeFile(join(own, segment(number)), `segment ${number}`);
        return own;
      }),
    );
    await Promise.all(archives.map((each) => recordWal(name, each)));
    assert.deepEqual(await recorded(), [1, 2, 3, 4, 5, 6, 7, 8].map(segment));
    assert.deepEqual(await readdir(dirname(walLedgerFile(name))), [basename(walLedgerFile(name))]);
  });

  it("does not wait for a process that died over it", async () => {
    await recordWal(name, archive);
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    await writeFile(`${walLedgerFile(name)}.lock`, String(pid));
    await writeFile(`${walLedgerFile(name)}.new`, "half of a");
    await archived(4);
    await recordWal(name, archive);
    assert.deepEqual(await recorded(), [1, 2, 3, 4].map(segment));
    assert.deepEqual(await readdir(dirname(walLedgerFile(name))), [basename(walLedgerFile(name))]);
  });
});
