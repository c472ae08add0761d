import { LOCK_MODES } from "../lock-modes.js";
import { stopsReaders, type HeldLock } from "./held-locks.js";
import { printId } from "./statement-facts.js";
import type { TransactionSoFar } from "./transactions.js";

/** The old tables that earlier statements of the transaction keep locked, each in its strongest mode. */
export function lockedSoFar({ earlier }: TransactionSoFar): ReadonlyMap<string, HeldLock> {
  const locked = new Map<string, HeldLock>();
  for (const lock of earlier.flatMap(({ locks }) => locks)) {
    const known = locked.get(lock.table);
    if (known === undefined || LOCK_MODES.indexOf(lock.mode) > LOCK_MODES.indexOf(known.mode)) {
      locked.set(lock.table, lock);
    }
  }
  return locked;
}

/** `reads and writes of orders`, `writes of users`. */
export function whoWaits(locks: readonly HeldLock[]): string {
  const names = (wanted: boolean): string =>
    locks
      .filter((lock) => stopsReaders(lock) === wanted)
      .map(({ table }) => printId(table))
      .join(", ");
  const [both, writes] = [names(true), names(false)];
  const parts = [both === "" ? "" : `reads and writes of ${both}`, writes === "" ? "" : `writes of ${writes}`];
  return parts.filter((part) => part !== "").join(", and ");
}
