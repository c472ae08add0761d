import assert from "node:assert/strict";
import { provenRules, unshownRules } from "./probe/rules-shown.js";

/** Each run asks the server about one rule in so many, soak/lint-corpus.test.ts about all. */
const ONE_IN = 4;

describe("the safety rules, held against a server", function () {
  this.timeout(600_000);

  it("each have an unsafe row that a server shows to lose, break, stall or fail, unless it is said why none can", async () => {
    const asked = provenRules().filter((_, index) => index % ONE_IN === 0);
    assert.ok(asked.length >= 10);
    assert.deepEqual(await unshownRules(asked), []);
  });
});
