import { LARGEST_BATCH_SIZE } from "./read-batch.js";

/** What one batch tells about the next. Times in milliseconds. */
export interface BatchReport {
  /** Rows it had. */
  readonly size: number;
  /** From sending it to its commit. */
  readonly tookMs: number;
  /** What any message costs on this connection. */
  readonly roundTripMs: number;
  /** Clients that waited for its row locks when it ended. */
  readonly clientsWaiting: number;
  /** Never aim at more than this. */
  readonly targetMs: number;
}

/** Row locks are held as long as a batch takes; at this length clients that meet them hardly notice. */
const GENTLE_MS = 25;
/** Over a slow network a batch is longer, so that the round trips do not take most of the time. */
const ROUND_TRIPS = 4;
const FASTEST_GROWTH = 1.5;
const FASTEST_SHRINKING = 0.5;
/** Contention alone never makes batches smaller than this: each has its price, too. */
const SMALLEST_POLITE_SIZE = 100;

/** Rows of the next batch: as many as fit the time it should take, and half of them where clients waited. */
export function nextBatchSize({ size, tookMs, roundTripMs, clientsWaiting, targetMs }: BatchReport): number {
  if (clientsWaiting > 0) return Math.min(size, Math.max(SMALLEST_POLITE_SIZE, Math.floor(size / 2)));
  const aimMs = Math.min(targetMs, Math.max(GENTLE_MS, ROUND_TRIPS * roundTripMs));
  const workMs = Math.max(tookMs - roundTripMs, 0.1);
  const factor = Math.min(FASTEST_GROWTH, Math.max(FASTEST_SHRINKING, aimMs / workMs));
  return Math.min(LARGEST_BATCH_SIZE, Math.max(1, Math.round(size * factor)));
}

/** After a batch could not get a row's lock in time: a smaller one holds fewer locks while it waits. */
export function shrunkBatchSize(size: number): number {
  return Math.max(1, Math.floor(size / 4));
}
