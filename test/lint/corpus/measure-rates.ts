import { rowKey, type CorpusRow } from "../probe/probed-row.js";
import type { Labels } from "./labels.js";

/** What a linter says of a row. */
export interface Verdict {
  readonly isCaught: boolean;
  /** The rules that object to it. */
  readonly rules: readonly string[];
}

export interface Judged extends Verdict {
  readonly row: CorpusRow;
  readonly isUnsafe: boolean;
}

export interface Rates {
  readonly unsafe: number;
  readonly safe: number;
  /** Share of the unsafe rows that are caught, 0 to 1. */
  readonly caught: number;
  /** Share of the safe rows that are objected to, 0 to 1. */
  readonly falseAlarms: number;
  readonly missed: readonly Judged[];
  readonly alarmed: readonly Judged[];
}

/** Judges the rows whose harm a server can show. */
export function judgeRows(rows: readonly CorpusRow[], labels: Labels, judge: (row: CorpusRow) => Verdict): Judged[] {
  return rows
    .filter(({ unmeasured }) => unmeasured === undefined)
    .map((row) => ({ row, isUnsafe: (labels[rowKey(row)]?.harm.length ?? 0) > 0, ...judge(row) }));
}

export function ratesOf(judged: readonly Judged[]): Rates {
  const unsafe = judged.filter(({ isUnsafe }) => isUnsafe);
  const safe = judged.filter(({ isUnsafe }) => !isUnsafe);
  const missed = unsafe.filter(({ isCaught }) => !isCaught);
  const alarmed = safe.filter(({ isCaught }) => isCaught);
  return {
    unsafe: unsafe.length,
    safe: safe.length,
    caught: 1 - missed.length / unsafe.length,
    falseAlarms: alarmed.length / safe.length,
    missed,
    alarmed,
  };
}

/** The confusion table, as text. */
export function renderRates(title: string, { unsafe, safe, missed, alarmed, caught, falseAlarms }: Rates): string {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  return [
    title,
    `            objected to   let pass`,
    `  unsafe    ${String(unsafe - missed.length).padStart(11)}   ${String(missed.length).padStart(8)}   ${percent(caught)} caught`,
    `  safe      ${String(alarmed.length).padStart(11)}   ${String(safe - alarmed.length).padStart(8)}   ${percent(falseAlarms)} false alarms`,
  ].join("\n");
}
