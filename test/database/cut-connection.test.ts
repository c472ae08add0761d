import assert from "node:assert/strict";
import { MIXED, SHORT } from "../support/crash-folders.js";
import { prepareCrashes, type CrashBench } from "../support/disturbed-run.js";
import type { Direction } from "../support/cutting-proxy.js";
import { pickSeeded, seedOfThisRun } from "../support/seed.js";

const DIRECTIONS: readonly Direction[] = ["to-server", "to-client"];

describe("a connection cut after any message", function () {
  this.timeout(600_000);
  let bench: CrashBench;
  afterEach(() => bench.drop());

  const converges = async (direction: Direction, after: number, heals = false): Promise<void> => {
    const state = await bench.cutAndConverge({ direction, after, heals });
    assert.equal(state, bench.expected, `cut after message ${after} ${direction}${heals ? ", then healed" : ""}`);
  };

  it("of a short run: one more run ends as if nothing had happened", async () => {
    bench = await prepareCrashes(SHORT);
    for (const direction of DIRECTIONS) {
      for (let after = 1; after <= bench.messages[direction]; after++) await converges(direction, after);
    }
  });

  it("of a run with an index built concurrently, a backfill and a failure: 60 places drawn by lot", async () => {
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
    bench = await prepareCrashes(SHORT);
    const last = bench.messages["to-server"];
    for (const after of [Math.floor(last / 3), Math.floor(last / 2), last - 2])
      await converges("to-server", after, true);
  });
});
