import assert from "node:assert/strict";
import { compareReleases } from "../../engine/core/compare-releases.js";

describe("the order of releases", () => {
  it("is semantic versioning's", () => {
    // The example of semver.org, rule 11, and the numbers around it.
    const ordered = [
      ...["0.9.9", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11"],
      ...["1.0.0-rc.1", "1.0.0", "1.0.1", "1.2.0", "1.10.0", "2.0.0", "10.0.0"],
    ];
    for (const [place, release] of ordered.entries()) {
      for (const [otherPlace, other] of ordered.entries()) {
        assert.equal(
          Math.sign(compareReleases(release, other)),
          Math.sign(place - otherPlace),
          `${release} against ${other}`,
        );
      }
    }
  });

  it("leaves build metadata and a leading v out", () => {
    assert.equal(compareReleases("v1.2.3+4", "1.2.3+5"), 0);
  });

  it("compares numbers of any length by value", () => {
    assert.ok(compareReleases("1.0.20260119093000000001", "1.0.20260119093000000002") < 0);
  });
});
