/** Steps by a seed: the same seed gives the same walk. */
import fc from "fast-check";
import { CHANGES, type Change } from "./careless.js";

export function randomChanges(seed: number, count: number): Change[] {
  const kinds = Object.values(CHANGES).map((changes) => fc.constantFrom(...changes));
  return fc.sample(fc.oneof(...kinds), { seed, numRuns: count });
}
