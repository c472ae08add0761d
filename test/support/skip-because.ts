import type { Context } from "mocha";

/** Skips the running test, with the reason in its title: a report that says only "pending" leaves its reader to guess. */
export function skipBecause(test: Context, reason: string): never {
  if (test.test !== undefined) test.test.title += ` (skipped: ${reason})`;
  return test.skip();
}
