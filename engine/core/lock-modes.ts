/**
 * Table lock modes of PostgreSQL, weakest first, as pg_locks spells them (manual, "Table-Level Locks").
 * The index is the number LOCK TABLE has in a parse tree, less one.
 */
export const LOCK_MODES = [
  "AccessShareLock",
  "RowShareLock",
  "RowExclusiveLock",
  "ShareUpdateExclusiveLock",
  "ShareLock",
  "ShareRowExclusiveLock",
  "ExclusiveLock",
  "AccessExclusiveLock",
] as const;

export type LockMode = (typeof LOCK_MODES)[number];

const UP_TO_SHARE_UPDATE: readonly LockMode[] = LOCK_MODES.slice(0, 4);
const FROM_EXCLUSIVE: readonly LockMode[] = ["ExclusiveLock", "AccessExclusiveLock"];

/** The modes each mode waits for (manual, table "Conflicting Lock Modes"). */
const CONFLICTS: Readonly<Record<LockMode, readonly LockMode[]>> = {
  AccessShareLock: ["AccessExclusiveLock"],
  RowShareLock: FROM_EXCLUSIVE,
  RowExclusiveLock: ["ShareLock", "ShareRowExclusiveLock", ...FROM_EXCLUSIVE],
  ShareUpdateExclusiveLock: [...LOCK_MODES.slice(3)],
  ShareLock: ["RowExclusiveLock", "ShareUpdateExclusiveLock", "ShareRowExclusiveLock", ...FROM_EXCLUSIVE],
  ShareRowExclusiveLock: [...LOCK_MODES.slice(2)],
  ExclusiveLock: [...LOCK_MODES.slice(1)],
  AccessExclusiveLock: [...UP_TO_SHARE_UPDATE, ...LOCK_MODES.slice(4)],
};

/** Whether who asks for `wanted` waits for who holds `held`. */
export function hasConflict(wanted: LockMode, held: string): boolean {
  return CONFLICTS[wanted].some((mode) => mode === held);
}

/** As SQL spells it: `SHARE UPDATE EXCLUSIVE`. */
export function modeAsSql(mode: LockMode): string {
  return mode
    .replace(/Lock$/, "")
    .replace(/(?<=[a-z])(?=[A-Z])/g, " ")
    .toUpperCase();
}
