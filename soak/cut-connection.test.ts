import assert from "node:assert/strict";
import { MIXED, SHORT } from "../test/support/crash-folders.js";
import { prepareCrashes } from "../test/support/disturbed-run.js";
import type { Direction } from "../test/support/cutting-proxy.js";

const RUNS = { short: SHORT, "mixed, with a failure at its end": MIXED };

describe("a connection cut after every message there is", function () {
  this.timeout(7_200_000);
  for (const [name, folder] of Object.entries(RUNS)) {
    for (const direction of ["to-server", "to-client"] as const satisfies readonly Direction[]) {
      for (const heals of [false, true]) {
        it(`${name}, ${direction}${heals ? ", the next connection let through" : ""}`, async () => {
          const bench = await prepareCrashes(folder);
          try {
            for (let after = 1; after <= bench.messages[direction]; after++) {
              const state = await bench.cutAndConverge({ direction, after, heals });
              assert.equal(state, bench.expected, `cut after message ${after} ${direction}`);
            }
          } finally {
            await bench.drop();
          }
        });
      }
    }
  }
});
