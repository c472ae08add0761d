import assert from "node:assert/strict";
import {
  expendableWal,
  isSegment,
  oldestSegment,
  segmentAfter,
  segmentsBetween,
  timelineOf,
} from "../../engine/core/wal-segments.js";

const MB = 1024 * 1024;

describe("names of WAL segments", () => {
  it("counts on from one to the next", () => {
    assert.deepEqual(segmentsBetween("000000010000000000000006", "000000010000000000000008", 4 * MB), [
      "000000010000000000000006",
      "000000010000000000000007",
      "000000010000000000000008",
    ]);
    assert.deepEqual(segmentsBetween("000000020000000000000006", "000000020000000000000006", 4 * MB), [
      "000000020000000000000006",
    ]);
  });

  for (const [size, last] of [
    [4, "3FF"],
    [16, "0FF"],
    [64, "03F"],
  ] as const) {
    it(`carries over after 4 GB, which segments of ${size} MB reach at ${last}`, () => {
      const before = `000000030000000A00000${last}`;
      assert.deepEqual(segmentsBetween(before, "000000030000000B00000000", size * MB), [
        before,
        "000000030000000B00000000",
      ]);
    });
  }

  for (const size of [4, 16, 64]) {
    it(`knows the segment of ${size} MB that follows, as counting does`, () => {
      const all = segmentsBetween("000000030000000A00000000", "000000030000000C00000002", size * MB);
      for (const [index, segment] of all.entries()) {
        if (index > 0) assert.equal(segmentAfter(all[index - 1]!, size * MB), segment);
      }
    });
  }

  it("tells whole segments from the other files of an archive, and their timeline", () => {
    const archive = ["0000000A0000000000000004", "000000010000000000000005.partial", "00000002.history"];
    assert.deepEqual(archive.filter(isSegment), archive.slice(0, 1));
    assert.equal(timelineOf(archive[0]!), 10);
  });

  const ARCHIVE = [
    "000000010000000000000004",
    "000000010000000000000004.00000028.backup",
    "000000010000000000000005",
    "000000010000000000000005.partial",
    "000000020000000000000005",
    "000000020000000000000006",
    "000000010000000000000007",
    "00000002.history",
    "archtemp.000000010000000000000003.123.456",
  ];

  it("drops only what lies in no range that is needed, whatever the timeline", () => {
    const from = (first: string, last?: string) => ({ first, ...(last !== undefined && { last }) });
    assert.deepEqual(expendableWal(ARCHIVE, [from("000000020000000000000006")]), ARCHIVE.slice(0, 5));
    assert.deepEqual(expendableWal(ARCHIVE, [from("000000010000000000000004")]), []);
    const apart = [from("000000010000000000000004", "000000010000000000000004"), from("000000010000000000000007")];
    assert.deepEqual(expendableWal(ARCHIVE, apart), ARCHIVE.slice(2, 6));
  });

  it("drops nothing where nothing is known to be needed", () => {
    assert.deepEqual(expendableWal(ARCHIVE, []), []);
  });

  it("finds the oldest by position, not by timeline", () => {
    assert.equal(oldestSegment(["000000010000000000000009", "000000020000000000000003"]), "000000020000000000000003");
    assert.equal(oldestSegment([]), undefined);
  });
});
