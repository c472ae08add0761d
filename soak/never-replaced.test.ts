import assert from "node:assert/strict";
import { IGNORING_PROTECT } from "../test/never-replaced/careless.js";
import { randomChanges } from "../test/never-replaced/random-walk.js";
import { AURORA_WISH, FIRST_WISH, Walk } from "../test/never-replaced/walk.js";
import { skipBecause } from "../test/support/skip-because.js";

const STEPS = 1_000;
/** A new walk begins so often: one that goes on for long ends where hardly anything is allowed. */
const STEPS_OF_A_WALK = 50;

describe("a deployed stack, changed in any way, for long", function () {
  this.timeout(0);
  const seed = Number(process.env["HOLDFAST_SOAK_SEED"] ?? Date.now() % 1_000_000_000);

  for (let from = 0; from < STEPS; from += STEPS_OF_A_WALK) {
    const first = (from / STEPS_OF_A_WALK) % 4 === 3 ? AURORA_WISH : FIRST_WISH;
    it(`loses nothing in steps ${from + 1} to ${from + STEPS_OF_A_WALK} of seed ${seed}`, async () => {
      const walk = await Walk.begin(first);
      const titles: string[] = [];
      try {
        for (const change of randomChanges(seed + from, STEPS_OF_A_WALK)) {
          titles.push(change.title);
          const { faults } = await walk.step(change);
          assert.deepEqual(faults, [], `HOLDFAST_SOAK_SEED=${seed}, after: ${titles.join("; ")}`);
        }
      } finally {
        walk.end();
      }
    });
  }

  it("loses nothing with --ignore-protect", async function () {
    const walk = await Walk.begin(FIRST_WISH);
    try {
      if (!walk.knowsIgnoreProtect) skipBecause(this, "the flag came with Pulumi 3.256");
      for (const change of IGNORING_PROTECT) assert.deepEqual((await walk.step(change)).faults, [], change.title);
    } finally {
      walk.end();
    }
  });
});
