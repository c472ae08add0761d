import { locksWithout, LOCKING_KINDS } from "../missing-timeout.js";
import { whoWaits } from "../locked-so-far.js";
import type { Rule } from "../rule.js";

/** Our runner sets it for every attempt, and tries again. */
export const missingLockTimeout: Rule = {
  id: "missing-lock-timeout",
  severity: "warning",
  harm: "stall",
  about: "asks for a strong lock without a lock_timeout",
  kinds: LOCKING_KINDS,
  isRunnersWork: true,
  check: (statement) => {
    const locks = locksWithout("lock_timeout", statement);
    if (locks.length === 0) return [];
    const message = `asks for a strong lock without a lock_timeout: while it waits for a long query, all ${whoWaits(locks)} wait behind it`;
    return [{ message, fix: "-- at the head of the file:\nSET lock_timeout = '2s';" }];
  },
};
