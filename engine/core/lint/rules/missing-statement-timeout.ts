import { stopsReaders } from "../held-locks.js";
import { locksWithout, LOCKING_KINDS } from "../missing-timeout.js";
import { whoWaits } from "../locked-so-far.js";
import type { Rule } from "../rule.js";

/** Our runner knows by its rules what scans, and keeps it out of such a file. */
export const missingStatementTimeout: Rule = {
  id: "missing-statement-timeout",
  severity: "info",
  harm: "stall",
  about: "locks a table wholly without a statement_timeout",
  kinds: LOCKING_KINDS,
  isRunnersWork: true,
  check: (statement) => {
    const locks = locksWithout("statement_timeout", statement, stopsReaders);
    if (locks.length === 0) return [];
    const message = `runs without a statement_timeout: should it take longer than thought, ${whoWaits(locks)} wait without end`;
    return [{ message, fix: "-- at the head of the file:\nSET statement_timeout = '30s';" }];
  },
};
