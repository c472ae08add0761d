import assert from "node:assert/strict";
import { snapshotName, tagValue } from "../../engine/core/snapshot-name.js";

describe("a snapshot's name", () => {
  const at = new Date("2026-01-19T09:30:00.123Z");

  it("has no character, no pair of hyphens and no length that AWS refuses", () => {
    assert.equal(snapshotName("rds", "shop", at, null), "shop-20260119t093000z-v0");
    assert.equal(snapshotName("rds", "Shop_x", at, "2026_01_19_01", 3), "shop-x-20260119t093000z-v2026-01-19-01-3");
    for (const kind of ["rds", "aurora"] as const) {
      const name = snapshotName(kind, `a${"-b".repeat(31)}`, at, "20260119093000");
      assert.match(name, /^[a-z](-?[a-z0-9])*$/);
      assert.ok(name.length <= (kind === "rds" ? 255 : 63));
      assert.ok(name.endsWith("-20260119t093000z-v20260119093000"));
    }
  });

  it("and its tags hold what AWS takes as a value", () => {
    assert.equal(tagValue("before 0001, 0002; «x»"), "before 0001 0002 x");
    assert.equal(tagValue("v".repeat(300)).length, 256);
  });
});
