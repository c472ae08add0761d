import type { Harm, Label } from "./probed-row.js";
import type { Run } from "./run-file.js";
import type { Watched } from "./watch-statement.js";

export interface Observed {
  readonly run: Run;
  readonly loss: readonly string[];
  readonly breaks: readonly string[];
}

/** @param isContract what a contract destroys or breaks was approved; that it stalls or fails was not */
export function deriveLabel({ run, loss, breaks }: Observed, isContract: boolean): Label {
  const stalls = run.transactions.flatMap(stallsIn);
  const failures = run.failure === undefined ? [] : [`the file fails: ${run.failure}`];
  const found: [Harm, readonly string[]][] = [
    ["loss", isContract ? [] : loss],
    ["stall", stalls],
    ["break", isContract ? [] : breaks],
    ["fails", failures],
  ];
  return {
    harm: found.filter(([, seen]) => seen.length > 0).map(([harm]) => harm),
    seen: found.flatMap(([, seen]) => seen),
  };
}

/** A short strong lock is the runner's business (its lock timeout); one that is held while a table is worked through is not. */
function stallsIn(transaction: readonly Watched[]): string[] {
  const seen = new Set<string>();
  for (const { blocked, work, rowsHeld } of transaction) {
    for (const table of rowsHeld) seen.add(`writers of the same rows of ${table} wait for all of them`);
    if (blocked.length > 0 && work.length > 0) seen.add(`${blocked.join(", ")} wait while it ${work.join(", ")}`);
  }
  return [...seen];
}
