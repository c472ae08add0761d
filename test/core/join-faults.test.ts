import assert from "node:assert/strict";
import { HoldfastError, joinFaults } from "../../engine/core/errors.js";

const fault = (message: string): HoldfastError => new HoldfastError("unsafe_statement", message, { next: message });

describe("faults of several files", () => {
  it("are each told once, in order, also where a file has several", () => {
    const second = joinFaults([fault("b1"), fault("b2")]);
    const third = joinFaults([fault("c1"), fault("c2"), fault("c3")]);
    assert.ok(second !== undefined && third !== undefined);
    const joined = joinFaults([fault("a"), second, third]);
    const told = [joined, ...(joined?.details.faults ?? [])];
    assert.deepEqual(
      told.map((one) => one?.message),
      ["a", "b1", "b2", "c1", "c2", "c3"],
    );
    assert.deepEqual(
      joined?.details.faults?.filter(({ details }) => details.faults !== undefined),
      [],
    );
  });
});
