import assert from "node:assert/strict";
import { MIXED } from "../support/crash-folders.js";
import { prepareCrashes, type CrashBench } from "../support/disturbed-run.js";
import type { Direction } from "../support/cutting-proxy.js";
import { pickSeeded, seedOfThisRun } from "../support/seed.js";

const DIRECTIONS: readonly Direction[] = ["to-server", "to-client"];

/** A short run is cut after every message in crash.test.ts; both runs after every one in soak/. */
describe("a connection cut in a run of every kind of file", function () {
  this.timeout(600_000);
  let bench: CrashBench;
  afterEach(() => bench.drop());

  const converges = async (direction: Direction, after: number, heals = false): Promise<void> => {
    const state = await bench.cutAndConverge({ direction, after, heals });
    assert.equal(state, bench.expected, `cut after message ${after} ${direction}${heals ? ", then healed" : ""}`);
  };

  it("at 60 places drawn by lot: one more run ends as if nothing had happened", async () => {
    bench = await prepareCrashes(MIXED);
    const places = DIRECTIONS.flatMap((direction) =>
      Array.from({ length: bench.messages[direction] }, (_, index) => ({ direction, after: index + 1 })),
    );
    const seed = seedOfThisRun();
    for (const { direction, after } of pickSeeded(places, 60, seed)) {
      await converges(direction, after).catch((error: unknown) => {
        throw new Error(`seed ${seed}, cut after message ${after} ${direction}: ${String(error)}`, { cause: error });
      });
    }
  });

  it("is survived by the run itself where a new one can be had", async () => {
    bench = await prepareCrashes(MIXED);
    const last = bench.messages["to-server"];
    for (const after of [Math.floor(last / 3), Math.floor(last / 2), last - 2])
      await converges("to-server", after, true);
  });
});
