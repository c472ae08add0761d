import assert from "node:assert/strict";
import { chown, copyFile, readdir, readFile, rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Client } from "pg";
import { followWal } from "../../engine/adapters/backup/follow-wal.js";
import { ensureLocalInstance } from "../../engine/adapters/local/instances.js";
import type { LocalInstance } from "../../engine/adapters/local/instance-file.js";
import { readPostmaster } from "../../engine/adapters/local/postmaster.js";
import type { BaseEntry } from "../../engine/core/catalogue.js";
import { HoldfastError } from "../../engine/core/errors.js";
import type { RestoreTarget } from "../../engine/core/restored-database.js";
import { isSegment } from "../../engine/core/wal-segments.js";
import { backup } from "../support/backups.js";
import { connectLocal, createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { instant, restoreTo, serverTime, tick, ticksOf } from "../support/point-in-time.js";
import { until } from "../support/until.js";

const LATEST: RestoreTarget = { kind: "latest" };
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe("recovery to a point in time, where something is damaged", () => {
  let dataRoot: TestDataRoot;
  let source: LocalInstance;
  let client: Client;
  let base: BaseEntry;
  /** The segments behind the base that were closed one after another: 10 rows in each. */
  let segments: string[];
  /** The server's clock after the rows of each. */
  const times: string[] = [];

  before(async () => {
    dataRoot = await createDataRoot();
    source = await ensureLocalInstance({ project: "shop", name: "dev", root: dataRoot.path });
    client = await connectLocal(source);
    await client.query("CREATE TABLE ticks (n int PRIMARY KEY)");
    base = await backup(source);
    segments = [];
    for (let round = 0; round < 4; round += 1) {
      await tick(client, round * 10 + 1, 10);
      times.push(await serverTime(client));
      segments.push(await closeSegment());
    }
    await tick(client, 41, 10);
  });
  after(async () => {
    await client.end();
    // It was killed, and what is left of it cannot be stopped once more.
    await rm(source.directory, { recursive: true });
    await dataRoot.remove();
  });

  async function closeSegment(): Promise<string> {
    const { rows } = await client.query<{ name: string }>(
      "SELECT pg_walfile_name(lsn - 1) AS name FROM pg_switch_wal() AS lsn",
    );
    const name = rows[0]?.name ?? "";
    await until(`${name} is archived`, async () => (await readdir(source.walDirectory)).includes(name));
    return name;
  }

  const inArchive = (index: number) => join(source.walDirectory, segments[index] ?? "");

  /** Damages a copy in its place, owned by the same user; the file itself comes back afterwards. */
  async function whileDamaged(path: string, damage: () => Promise<void>, work: () => Promise<void>): Promise<void> {
    const { uid, gid } = await stat(path);
    await rename(path, `${path}.whole`);
    try {
      await copyFile(`${path}.whole`, path);
      await chown(path, uid, gid);
      await damage();
      await work();
    } finally {
      await rename(`${path}.whole`, path);
    }
  }

  async function flip(path: string, at: number): Promise<void> {
    const bytes = await readFile(path);
    bytes[at] = (bytes[at] ?? 0) ^ 0x10;
    await writeFile(path, bytes);
  }

  const DAMAGES: readonly (readonly [name: string, damage: (path: string) => Promise<void>])[] = [
    ["is missing", (path) => rm(path)],
    ["was cut short", (path) => truncate(path, 8192)],
    ["has a flipped bit in a record", (path) => flip(path, 300)],
    ["has an end of zeros", async (path) => writeFile(path, (await readFile(path)).fill(0, 200))],
  ];

  for (const [name, damage] of DAMAGES) {
    it(`refuses to go past a segment that ${name}, names it and the next best backup, and leaves nothing`, async () => {
      const path = inArchive(2);
      await whileDamaged(
        path,
        () => damage(path),
        async () => {
          await assert.rejects(restoreTo(source, LATEST, "never"), (error: HoldfastError) => {
            assert.equal(error.code, "backup_damaged");
            assert.ok(error.message.includes(path), error.message);
            assert.match(error.details.next ?? "", new RegExp(`next best is ${base.id}`));
            return true;
          });
          await assert.rejects(restoreTo(source, { kind: "instant", at: new Date() }, "never"), {
            code: "backup_damaged",
          });
        },
      );
      const left = await readdir(dirname(source.directory));
      assert.deepEqual(left.toSorted(), ["backups", "dev"]);
    });
  }

  it("goes to an instant before the damage all the same", async () => {
    await whileDamaged(
      inArchive(2),
      () => flip(inArchive(2), 300),
      async () => {
        const { instance } = await restoreTo(source, instant(times[0] ?? ""), "before-damage");
        assert.deepEqual(await ticksOf(instance), range(1, 10));
      },
    );
  });

  it("refuses a segment that reads well and is not the one that was archived", async () => {
    await backup(source);
    const path = inArchive(2);
    await whileDamaged(
      path,
      () => flip(path, 4 * 1024 * 1024 - 100),
      async () => {
        const target = instant(times[3] ?? "");
        await assert.rejects(restoreTo(source, target, "never"), { code: "backup_damaged", message: /SHA-256/ });
      },
    );
  });

  it("does not take an archived segment that breaks off within a record for the end, where nothing follows it", async () => {
    await client.query(
      "CREATE TABLE long AS SELECT string_agg(md5(g::text), '') AS text FROM generate_series(1, 2000) g",
    );
    const last = await closeSegment();
    const after = base.manifest.wal.lastSegment;
    const ledger = new Map<string, string>();
    const whole = await followWal({ archive: source.walDirectory, ledger }, { after, last });
    assert.deepEqual([whole.fault, whole.segments.at(-1)?.name], [undefined, last]);
    const path = join(source.walDirectory, last);
    const bytes = await readFile(path);
    for (const from of [0, 200, 8192, 2 * 8192, 4 * 8192 + 1000]) {
      const cut = async () => writeFile(path, Buffer.from(bytes).fill(0, from));
      await whileDamaged(path, cut, async () => {
        const { fault } = await followWal({ archive: source.walDirectory, ledger }, { after, last });
        assert.equal(fault?.segment, last, `cut off at ${from}`);
      });
    }
  });

  describe("with the server dead and its data directory damaged", () => {
    before(async () => {
      await tick(client, 51, 10);
      const { pid } = (await readPostmaster(source.dataDirectory)) ?? { pid: 0 };
      process.kill(pid, "SIGKILL");
      await until("it is gone", async () => (await readPostmaster(source.dataDirectory)) === undefined);
      await rm(join(source.dataDirectory, "base"), { recursive: true });
      await rm(join(source.dataDirectory, "global", "pg_control"));
      await rm(join(source.dataDirectory, "PG_VERSION"));
    });

    it("reads the last WAL where it lies, and changes nothing there: no row is lost", async () => {
      const walBefore = await fingerprintOf(join(source.dataDirectory, "pg_wal"));
      const { instance, isEnd } = await restoreTo(source, LATEST, "saved");
      assert.deepEqual(await ticksOf(instance), range(1, 60));
      assert.equal(isEnd, true);
      assert.deepEqual(await fingerprintOf(join(source.dataDirectory, "pg_wal")), walBefore);
    });

    it("does not take damage in that last WAL for its end", async () => {
      const pgWal = join(source.dataDirectory, "pg_wal");
      const archived = new Set(await readdir(source.walDirectory));
      const [last = ""] = (await readdir(pgWal)).filter((name) => isSegment(name) && !archived.has(name)).sort();
      const path = join(pgWal, last);
      await whileDamaged(
        path,
        () => flip(path, 300),
        async () => {
          await assert.rejects(restoreTo(source, LATEST, "never"), (error: HoldfastError) => {
            assert.equal(error.code, "backup_damaged");
            assert.ok(error.message.includes(path), error.message);
            return true;
          });
        },
      );
    });
  });
});

/** Names, sizes and bytes. */
async function fingerprintOf(folder: string): Promise<readonly (readonly [string, string])[]> {
  const names = (await readdir(folder)).filter(isSegment).toSorted();
  return Promise.all(
    names.map(async (name) => [name, (await readFile(join(folder, name))).toString("base64")] as const),
  );
}
