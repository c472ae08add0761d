import assert from "node:assert/strict";
import { nextBatchSize, shrunkBatchSize } from "../../engine/core/batch-size.js";

describe("the size of a batch", () => {
  const usual = { size: 5000, tookMs: 26, roundTripMs: 1, clientsWaiting: 0, targetMs: 1000 };
  const rows: { name: string; report: Partial<typeof usual>; expected: number }[] = [
    { name: "stays where it takes as long as clients hardly notice", report: {}, expected: 5000 },
    { name: "grows by half at most", report: { tookMs: 2 }, expected: 7500 },
    { name: "shrinks to half at most", report: { tookMs: 5000 }, expected: 2500 },
    { name: "fits itself in between", report: { tookMs: 41 }, expected: 3125 },
    {
      name: "is halved where clients waited, however quick it was",
      report: { tookMs: 2, clientsWaiting: 1 },
      expected: 2500,
    },
    { name: "does not become tiny by waiting clients alone", report: { size: 120, clientsWaiting: 3 }, expected: 100 },
    { name: "stays tiny where it was so before", report: { size: 7, clientsWaiting: 3 }, expected: 7 },
    { name: "is longer over a slow network", report: { tookMs: 101, roundTripMs: 20 }, expected: 4938 },
    { name: "never aims at more than the policy's target", report: { tookMs: 41, targetMs: 10 }, expected: 2500 },
    { name: "never falls below one row", report: { size: 1, tookMs: 9000 }, expected: 1 },
    { name: "never passes the largest", report: { size: 900_000, tookMs: 1 }, expected: 1_000_000 },
  ];
  for (const { name, report, expected } of rows) {
    it(name, () => assert.equal(nextBatchSize({ ...usual, ...report }), expected));
  }

  it("shrinks to a quarter where it could not get a row's lock, down to one row", () => {
    assert.equal(shrunkBatchSize(5000), 1250);
    assert.equal(shrunkBatchSize(2), 1);
    assert.equal(shrunkBatchSize(1), 1);
  });
});
