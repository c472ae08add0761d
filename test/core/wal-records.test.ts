import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Client } from "pg";
import type { LocalInstance } from "../../engine/adapters/local/instance-file.js";
import { ensureLocalInstance } from "../../engine/adapters/local/instances.js";
import { closeCrc, CRC_START, updateCrc } from "../../engine/core/crc32c.js";
import { readLsn, segmentStart, writeLsn } from "../../engine/core/wal-position.js";
import type { WalEnd, WalSegment } from "../../engine/core/wal-end.js";
import { WalWalk } from "../../engine/core/wal-records.js";
import { connectLocal, createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { startTestServer } from "../support/postgres.js";
import { generator, seedOfThisRun } from "../support/seed.js";

/** In every page header, and behind every record up to a multiple of 8, there are bytes that nothing reads. */
const HEADER_BYTES = 40;

function walk(segments: readonly WalSegment[], start: bigint): WalEnd {
  const walking = new WalWalk(start);
  for (const segment of segments) walking.add(segment);
  return walking.finish();
}

function changed({ name, bytes }: WalSegment, offset: number, value: (byte: number) => number): WalSegment {
  const copy = new Uint8Array(bytes);
  copy[offset] = value(copy[offset]!);
  return { name, bytes: copy };
}

async function readSegments(folder: string, from: string, to: string): Promise<WalSegment[]> {
  const names = (await readdir(folder)).filter((name) => /^[0-9A-F]{24}$/.test(name) && name >= from && name <= to);
  return Promise.all(names.toSorted().map(async (name) => ({ name, bytes: await readFile(join(folder, name)) })));
}

async function position(client: Client): Promise<{ lsn: bigint; segment: string }> {
  const { rows } = await client.query<{ lsn: string; segment: string }>(
    "SELECT lsn, pg_walfile_name(lsn) AS segment FROM pg_current_wal_insert_lsn() AS lsn",
  );
  return { lsn: readLsn(rows[0]!.lsn), segment: rows[0]!.segment };
}

describe("CRC-32C", () => {
  it("is that of RFC 3720, whole or in pieces", () => {
    const text = Buffer.from("123456789");
    assert.equal(closeCrc(updateCrc(CRC_START, text, 0, 9)), 0xe3069283);
    for (let cut = 0; cut <= 9; cut += 1) {
      assert.equal(closeCrc(updateCrc(updateCrc(CRC_START, text, 0, cut), text, cut, 9)), 0xe3069283);
    }
    assert.equal(closeCrc(updateCrc(CRC_START, Buffer.alloc(32), 0, 32)), 0x8a9136aa);
  });
});

describe("a position in the log", () => {
  it("is read and written as the server prints it", () => {
    for (const text of ["0/0", "0/1800028", "A/FFFFFFF8", "10/1"]) assert.equal(writeLsn(readLsn(text)), text);
    assert.equal(segmentStart("00000001000000010000000A", 4 << 20), (1n << 32n) + 10n * (4n << 20n));
  });
});

describe("the log of a real server", () => {
  const seed = seedOfThisRun();
  let dataRoot: TestDataRoot;
  let instance: LocalInstance;
  let client: Client;
  let start: bigint;
  let mark: bigint;
  /** Closed by two switches, with records in between that lie on pages and segments of their own. */
  let archived: WalSegment[];

  before(async () => {
    dataRoot = await createDataRoot();
    instance = await ensureLocalInstance({ project: "shop", name: "dev", root: dataRoot.path });
    client = await connectLocal(instance);
    await client.query("SELECT pg_switch_wal()");
    await client.query("CREATE TABLE users (id int PRIMARY KEY, note text)");
    const from = await position(client);
    start = from.lsn;
    await client.query("INSERT INTO users SELECT each, repeat('x', 300) FROM generate_series(1, 3000) AS each");
    await client.query("SELECT pg_switch_wal()");
    // Longer than a segment of 4 MB.
    await client.query("SELECT pg_logical_emit_message(true, 'test', repeat('long ', 1300000))");
    await client.query("INSERT INTO users SELECT each, 'y' FROM generate_series(3001, 9000) AS each");
    const last = await position(client);
    await client.query("SELECT pg_switch_wal()");
    mark = last.lsn;
    archived = await readSegments(join(instance.dataDirectory, "pg_wal"), from.segment, last.segment);
  });
  after(async () => {
    await client.end();
    await dataRoot.remove();
  });

  it("is walked from any record to the switch that closed it, over a record longer than a segment", () => {
    assert.ok(archived.length >= 3, `only ${archived.length} segments`);
    const end = walk(archived, start);
    assert.ok(
      end.kind === "ended",
      JSON.stringify(end, (_, value) => String(value)),
    );
    assert.equal(end.by, "switch");
    assert.equal(end.timeline, 1);
    assert.ok(end.records > 12_000, `${end.records} records`);
    assert.ok(end.lsn > mark && end.lsn < mark + 64n, `${writeLsn(end.lsn)} for ${writeLsn(mark)}`);
  });

  it("is walked from the beginning of a segment, also of one that begins amid a record", () => {
    for (let first = 0; first < archived.length; first += 1) {
      const rest = archived.slice(first);
      const { name, bytes } = rest[0]!;
      const end = walk(rest, segmentStart(name, bytes.length));
      assert.equal(end.kind, "ended", `from ${name}: ${JSON.stringify(end, (_, value) => String(value))}`);
      assert.ok(end.lsn > mark, name);
    }
  });

  it("ends, while the server runs, where it was flushed to", async () => {
    await client.query("INSERT INTO users VALUES (10001, 'last')");
    const { segment } = await position(client);
    const { rows } = await client.query<{ lsn: string }>("SELECT pg_current_wal_flush_lsn() AS lsn");
    const all = await readSegments(join(instance.dataDirectory, "pg_wal"), archived[0]!.name, segment);
    const end = walk(all, start);
    assert.ok(
      end.kind === "ended",
      JSON.stringify(end, (_, value) => String(value)),
    );
    assert.equal(end.by, "unwritten");
    assert.ok(end.lsn >= readLsn(rows[0]!.lsn), `${writeLsn(end.lsn)} before ${rows[0]!.lsn}`);
    // What a recycled segment holds behind the end is no part of the log.
    assert.deepEqual(walk([...all, ...(await laterOnes(segment))], start), end);
  });

  async function laterOnes(segment: string): Promise<WalSegment[]> {
    return readSegments(join(instance.dataDirectory, "pg_wal"), `${segment}0`.slice(0, 24), "F".repeat(24)).then(
      (all) => all.filter(({ name }) => name > segment),
    );
  }

  it(`shows every byte that was changed in a record, and which segment it is in (seed ${seed})`, () => {
    const random = generator(seed);
    const bounds = recordBounds(archived, start);
    assert.ok(bounds.length > 12_000);
    for (let round = 0; round < 300; round += 1) {
      const { index, from, to } = bounds[Math.floor(random() * bounds.length)]!;
      const offset = from + Math.floor(random() * (to - from));
      const bit = 1 << Math.floor(random() * 8);
      const damaged = archived.map((one, each) => (each === index ? changed(one, offset, (byte) => byte ^ bit) : one));
      const end = walk(damaged, start);
      const place = `bit ${bit} at ${offset} of ${archived[index]!.name}, in the record at ${from}`;
      assert.ok(end.kind === "damaged", `${place} was not noticed`);
      assert.ok(end.segment <= archived[index]!.name, `${place} was looked for in ${end.segment}`);
    }
  });

  it("shows a change in the record that is longer than a segment, at its beginning", () => {
    const [, second, third] = archived;
    const end = walk(
      archived.map((one) => (one === third ? changed(one, 100_000, (byte) => byte ^ 1) : one)),
      start,
    );
    assert.ok(end.kind === "damaged");
    assert.deepEqual([end.segment, end.what], [second!.name, "the record there has another CRC than its bytes"]);
    assert.equal(end.isLast, false, "the log goes on behind it");
  });

  it("shows a segment that is missing, swapped, cut short, emptied or of another place", () => {
    const [first, second, third, ...rest] = archived as [WalSegment, WalSegment, WalSegment, ...WalSegment[]];
    const cases: readonly (readonly [string, readonly WalSegment[]])[] = [
      ["missing", [first, third, ...rest]],
      [
        "swapped",
        [first, { name: second.name, bytes: third.bytes }, { name: third.name, bytes: second.bytes }, ...rest],
      ],
      ["cut short", [first, { name: second.name, bytes: second.bytes.subarray(0, 100_000) }, third, ...rest]],
      ["emptied", [first, { name: second.name, bytes: new Uint8Array() }, third, ...rest]],
      ["zeros", [first, { name: second.name, bytes: new Uint8Array(second.bytes.length) }, third, ...rest]],
      ["first again", [first, { name: second.name, bytes: first.bytes }, third, ...rest]],
    ];
    for (const [what, segments] of cases) {
      const end = walk(segments, start);
      assert.equal(end.kind, "damaged", what);
      assert.ok(end.kind === "damaged" && end.segment >= second.name, what);
    }
  });

  it("says where a log begins that does not hold the start", () => {
    const end = walk(archived.slice(1), start);
    assert.ok(end.kind === "damaged");
    assert.match(end.what, new RegExp(`${writeLsn(start)}, where the log is to begin, is not in ${archived[1]!.name}`));
  });

  it("ends with a torn record where the server died writing it, and says that nothing follows", () => {
    const last = archived.at(-1)!;
    const end = walk(archived, start);
    assert.ok(end.kind === "ended");
    // The page that held the last records never reached the disk.
    const page = Number(end.lsn - segmentStart(last.name, last.bytes.length)) & ~8191;
    const bytes = new Uint8Array(last.bytes).fill(0, page);
    const torn = walk([...archived.slice(0, -1), { name: last.name, bytes }], start);
    assert.ok(torn.lsn < end.lsn);
    if (torn.kind === "damaged") assert.equal(torn.isLast, true);
  });
});

describe("the log of a server with segments of 16 MB", () => {
  it("is walked to its end", async () => {
    const server = await startTestServer();
    const client = await server.client();
    await client.query("SELECT pg_switch_wal()");
    const from = await position(client);
    await client.query("SELECT pg_logical_emit_message(false, 'test', repeat('long ', 4000000), true)");
    const to = await position(client);
    await client.end();
    const segments = await readSegments(join(server.dataDirectory, "pg_wal"), from.segment, to.segment);
    assert.ok(segments.length > 1 && segments[0]!.bytes.length === 16 << 20);
    const end = walk(segments, segmentStart(from.segment, 16 << 20));
    assert.ok(
      end.lsn >= to.lsn,
      JSON.stringify(end, (_, value) => String(value)),
    );
  });
});

/** Where records lie, as a reader of its own that knows nothing of CRCs: it trusts the lengths of an undamaged log. */
function recordBounds(segments: readonly WalSegment[], start: bigint) {
  const size = segments[0]!.bytes.length;
  const bounds: { index: number; from: number; to: number }[] = [];
  const views = segments.map(({ bytes }) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const origin = segmentStart(segments[0]!.name, size);
  let position = Number(start - origin);
  while (position < size * segments.length) {
    if (position % 8192 === 0) position += position % size === 0 ? HEADER_BYTES : 24;
    let left = views[Math.floor(position / size)]!.getUint32(position % size, true);
    if (left === 0) {
      position = Math.ceil(position / size) * size;
      continue;
    }
    while (left > 0) {
      if (position % 8192 === 0) position += position % size === 0 ? HEADER_BYTES : 24;
      const part = Math.min(left, 8192 - (position % 8192));
      bounds.push({ index: Math.floor(position / size), from: position % size, to: (position % size) + part });
      position += part;
      left -= part;
    }
    position = Math.ceil(position / 8) * 8;
  }
  return bounds;
}
