import { randomInt } from "node:crypto";

/** HOLDFAST_TEST_SEED repeats a run; without it each run draws its own, which a failure prints. */
export function seedOfThisRun(): number {
  const given = process.env["HOLDFAST_TEST_SEED"];
  return given === undefined ? randomInt(2 ** 31) : Number(given);
}

/** Mulberry32: small, and the same on every machine. */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` different ones of `items`, the same for the same seed. */
export function pickSeeded<T>(items: readonly T[], count: number, seed: number): T[] {
  const random = generator(seed);
  const rest = [...items];
  const picked: T[] = [];
  while (picked.length < count && rest.length > 0) {
    picked.push(...rest.splice(Math.floor(random() * rest.length), 1));
  }
  return picked;
}
