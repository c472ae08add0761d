import type { CorpusRow } from "../probe/probed-row.js";
import { BREAKING } from "./breaking.js";
import { COLUMN_REWRITES } from "./column-rewrites.js";
import { DATA_LOSS } from "./data-loss.js";
import { LOCKS } from "./locks.js";
import { PHASED } from "./phased.js";
import { SECURITY } from "./security.js";
import { TABLE_SCANS } from "./table-scans.js";
import { TRANSACTIONS } from "./transactions.js";
import { UNSEEN } from "./unseen.js";

export const CORPUS: readonly CorpusRow[] = [
  ...DATA_LOSS,
  ...COLUMN_REWRITES,
  ...TABLE_SCANS,
  ...LOCKS,
  ...BREAKING,
  ...TRANSACTIONS,
  ...SECURITY,
  ...PHASED,
];

/** With the rows kept back. */
export const ALL: readonly CorpusRow[] = [...CORPUS, ...UNSEEN];
