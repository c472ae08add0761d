import assert from "node:assert/strict";
import { compareCounts, describeDifferences, mergeCounts } from "../../engine/core/row-counts.js";

describe("row counts of a backup", () => {
  it("names each table that differs, is missing, or should not be there", () => {
    const expected = [
      { table: "public.loans", rows: 2 },
      { table: "public.users", rows: 5 },
      { table: "public.files", rows: 1 },
    ];
    const found = [
      { table: "public.users", rows: 3 },
      { table: "public.files", rows: 1 },
      { table: "public.extra", rows: 0 },
    ];
    assert.equal(
      describeDifferences(compareCounts(expected, found)),
      "public.extra should not be there; public.loans is missing; public.users has 3 rows instead of 5",
    );
  });

  it("does not compare a table that changed while it was counted", () => {
    const expected = mergeCounts(
      [
        { table: "public.events", rows: 10 },
        { table: "public.users", rows: 5 },
        { table: "public.dropped", rows: 1 },
      ],
      [
        { table: "public.events", rows: 12 },
        { table: "public.users", rows: 5 },
        { table: "public.created", rows: 1 },
      ],
    );
    assert.deepEqual(
      compareCounts(expected, [
        { table: "public.events", rows: 11 },
        { table: "public.users", rows: 5 },
      ]),
      [],
    );
    assert.deepEqual(compareCounts(expected, [{ table: "public.users", rows: 4 }]), [
      { table: "public.users", expected: 5, found: 4 },
    ]);
  });
});
