import assert from "node:assert/strict";
import { expendableWal, oldestSegment, segmentsBetween } from "../../engine/core/wal-segments.js";

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

  it("drops only what is older than the oldest segment needed, whatever the timeline", () => {
    const archive = [
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
    assert.deepEqual(expendableWal(archive, "000000020000000000000006"), archive.slice(0, 5));
    assert.deepEqual(expendableWal(archive, "000000010000000000000004"), []);
  });

  it("finds the oldest by position, not by timeline", () => {
    assert.equal(oldestSegment(["000000010000000000000009", "000000020000000000000003"]), "000000020000000000000003");
    assert.equal(oldestSegment([]), undefined);
  });
});
